# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['text_levels', 'item_texts', 'TextTable', 'offer_texts', 'user_texts', 'Encoder', 'tiny_encoder', 'load_encoder', 'pair_tables']
import hashlib, json, re, string, tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
import duckdb, narwhals as nw, numpy as np, pandas as pd, torch
from fastcore.basics import patch
from torch import nn
from .core import CJK, LONGEST, UsageError, atomic, check_count, clean_text, few_threads, need_columns, package_file, progress, read_json
from .data import PromoData
from .features import clean_purchases, coupon_habits, history, item_levels, moments, user_profile
from .language import Multilingual
def _parse_template(template: str, columns) -> list:
    ...
def _fresh(value, said):
    ...
def _fill_template(segments: list, row: dict) -> str:
    ...
_TEXT_COLUMNS: tuple
def text_levels(items: pd.DataFrame) -> list:
    ...
def _item_template(items: pd.DataFrame) -> str:
    ...
def _settle_parents(items: pd.DataFrame, levels: list, agree: float=0.9) -> pd.DataFrame:
    ...
_NO_PRODUCT: Any
_NO_OFFER: Any
_NO_HISTORY: Any
def _clean_column(s):
    ...
def item_texts(items: pd.DataFrame, template: str | None=None) -> pd.Series:
    ...
def has_texts(data: PromoData) -> bool:
    ...
@dataclass(repr=False)
class TextTable:
    texts: list
    kinds: dict

    def __len__(self):
        ...

    def __repr__(self):
        ...

    @classmethod
    def from_series(cls, items: pd.Series, **others: pd.Series):
        ...

    def rows(self, ids, kind='items') -> np.ndarray:
        ...
def _offer_shares(offer_items: pd.DataFrame, table: TextTable, most: int=32) -> pd.DataFrame:
    ...
def _say(table, rows):
    ...
def offer_texts(data: PromoData, texts: pd.Series, most: int=6) -> pd.DataFrame:
    ...
@contextmanager
def _database():
    ...
_SUMS: list
def _by_text(h):
    ...
def _bought_texts(data: PromoData, frame: pd.DataFrame, table: TextTable, most: int=64) -> pd.DataFrame:
    ...
_OFTEN: tuple
def _number_words(values, words=..., edges=None, never='never') -> np.ndarray:
    ...
def _attribute_texts(users: pd.DataFrame) -> pd.Series:
    ...
_HABIT_EDGES: Any
_SPENDS: tuple
def _user_habits(data: PromoData, frame: pd.DataFrame) -> pd.DataFrame:
    ...
def user_texts(data: PromoData, campaigns=None, most: int=6, texts: pd.Series | None=None) -> pd.DataFrame:
    ...
def _look_up(candidates, frame, key, missing):
    ...
def pair_texts(candidates: pd.DataFrame, users: pd.DataFrame, offers: pd.DataFrame) -> list:
    ...
_POOLINGS: tuple
def _pool(h: torch.Tensor, m: torch.Tensor, pooling: str) -> torch.Tensor:
    ...
class Encoder(nn.Module):
    model: nn.Module
    tokenizer: Any
    pooling: str
    max_len: int
    normalise: bool

    def __init__(self, model: nn.Module, tokenizer, pooling: str='mean', max_len: int=64, normalise: bool=True):
        ...

    @property
    def dim(self):
        ...

    @property
    def device(self):
        ...

    def tokenise(self, texts) -> dict:
        ...

    def pad(self, input_ids: list) -> tuple:
        ...

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        ...

    def batches(self, input_ids: list, batch_tokens: int) -> list:
        ...

    @property
    def eight_bit(self) -> bool:
        ...

    def embed(self, texts, batch_tokens: int=4096, progress: bool=True) -> np.ndarray:
        ...

    def save(self, folder) -> Path:
        ...
_SPECIAL: list
def _wordpiece_vocabulary(texts, most: int=4000) -> dict:
    ...
def tiny_encoder(texts, dim: int=32, layers: int=2, seed: int=0, max_len: int=64) -> Encoder:
    ...
def _token_batches(lengths, batch_tokens: int) -> list:
    ...
def _bar(items, show):
    ...
def model_folder(name=None) -> Path:
    ...
def check_weights(folder: Path) -> list:
    ...
def _settings(folder, config):
    ...
@contextmanager
def quiet_transformers():
    ...
INT8_FILES: tuple
def _runtime():
    ...
class _EightBits:
    model: Any
    session: Any

    def __init__(self, graph: bytes, model):
        ...

    def __reduce__(self):
        ...

    def embed(self, ids, show=False):
        ...
def _file_hash(path):
    ...
def with_int8(encoder: Encoder, folder) -> Encoder:
    ...
_TOKENIZER_FILES: tuple
def _open_model(folder):
    ...
def load_encoder(name=None, pooling: str | None=None, max_len: int | None=None, normalise: bool | None=None) -> Encoder:
    ...
HISTORY_NUMBERS: tuple
_RECENCY_DAYS: float
@dataclass(repr=False)
class _PairTables:
    offer: np.ndarray
    moment: np.ndarray
    history: np.ndarray
    history_numbers: np.ndarray
    offer_items: np.ndarray
    offer_weights: np.ndarray
    offer_text: np.ndarray
    user_text: np.ndarray
    offers: pd.DataFrame
    moments: pd.DataFrame

    def __len__(self):
        ...

    def __repr__(self):
        ...
def _codes(frame, key):
    ...
def _spread(keys, frame, width, columns):
    ...
def _history_arrays(data, keys, table, most):
    ...
def _own(table, keys, kind):
    ...
def pair_tables(data: PromoData, frame: pd.DataFrame, table: TextTable, most: int=64, offer_most: int=32) -> _PairTables:
    ...
