# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['TEXT_COLUMNS', 'NO_PRODUCT', 'NO_OFFER', 'NO_HISTORY', 'OFTEN', 'HABIT_EDGES', 'SPENDS', 'POOLINGS', 'SPECIAL', 'HISTORY_NUMBERS', 'RECENCY_DAYS', 'parse_template', 'fill_template', 'text_levels', 'item_template', 'settle_parents', 'item_texts', 'TextTable', 'offer_shares', 'offer_texts', 'bought_texts', 'number_words', 'attribute_texts', 'user_habits', 'user_texts', 'pair_texts', 'pool', 'Encoder', 'wordpiece_vocabulary', 'tiny_encoder', 'token_batches', 'model_folder', 'check_weights', 'quiet_transformers', 'load_encoder', 'PairTables', 'pair_tables']
import json, re, string, tempfile, unicodedata
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
import duckdb, narwhals as nw, numpy as np, pandas as pd, torch
from fastcore.basics import patch
from torch import nn
from .core import CJK, LONGEST, UsageError, atomic, clean_text, package_file, progress, read_json
from .data import PromoData
from .features import clean_purchases, coupon_habits, history, item_levels, moments, user_profile
def parse_template(template: str, columns) -> list:
    ...
def _fresh(value, said):
    ...
def fill_template(segments: list, row: dict) -> str:
    ...
TEXT_COLUMNS: tuple
def text_levels(items: pd.DataFrame) -> list:
    ...
def item_template(items: pd.DataFrame) -> str:
    ...
def settle_parents(items: pd.DataFrame, levels: list, agree: float=0.9) -> pd.DataFrame:
    ...
NO_PRODUCT: Any
NO_OFFER: Any
NO_HISTORY: Any
def _clean_column(s):
    ...
def item_texts(items: pd.DataFrame, template: str | None=None) -> pd.Series:
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
    def from_series(cls, items: pd.Series, **others):
        ...

    def rows(self, ids, kind='items') -> np.ndarray:
        ...
def offer_shares(offer_items: pd.DataFrame, table: TextTable, most: int=32) -> pd.DataFrame:
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
def bought_texts(data: PromoData, frame: pd.DataFrame, table: TextTable, most: int=64) -> pd.DataFrame:
    ...
OFTEN: tuple
def number_words(values, words=..., edges=None, never='never') -> np.ndarray:
    ...
def attribute_texts(users: pd.DataFrame) -> pd.Series:
    ...
HABIT_EDGES: Any
SPENDS: tuple
def user_habits(data: PromoData, frame: pd.DataFrame) -> pd.DataFrame:
    ...
def user_texts(data: PromoData, campaigns=None, most: int=6, texts: pd.Series | None=None) -> pd.DataFrame:
    ...
def _look_up(candidates, frame, key, missing):
    ...
def pair_texts(candidates: pd.DataFrame, users: pd.DataFrame, offers: pd.DataFrame) -> list:
    ...
POOLINGS: tuple
def pool(h: torch.Tensor, m: torch.Tensor, pooling: str) -> torch.Tensor:
    ...
class Encoder(nn.Module):
    model: Any
    tokenizer: Any
    pooling: Any
    max_len: Any
    normalise: Any

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

    def embed(self, texts, batch_tokens: int=4096, progress: bool=True) -> np.ndarray:
        ...

    def save(self, folder) -> Path:
        ...
SPECIAL: list
def wordpiece_vocabulary(texts, most: int=4000) -> dict:
    ...
def tiny_encoder(texts, dim: int=32, layers: int=2, seed: int=0, max_len: int=64) -> Encoder:
    ...
def token_batches(lengths, batch_tokens: int) -> list:
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
_TOKENIZER_FILES: tuple
def _open_model(folder):
    ...
def load_encoder(name=None, pooling: str | None=None, max_len: int | None=None, normalise: bool | None=None) -> Encoder:
    ...
HISTORY_NUMBERS: tuple
RECENCY_DAYS: float
@dataclass(repr=False)
class PairTables:
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
def pair_tables(data: PromoData, frame: pd.DataFrame, table: TextTable, most: int=64, offer_most: int=32) -> PairTables:
    ...
