# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Numbers', 'attention', 'PromoNet', 'PairDataset']
import json
from contextlib import contextmanager
from pathlib import Path
import numpy as np, pandas as pd, torch
from fastcore.basics import patch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F
from .core import UsageError, atomic, progress, read_json, refuse_pickles, rng
from .features import feature_columns
from .loss import MultiTaskLoss, bce, lognormal
from .text import HISTORY_NUMBERS, Encoder, load_encoder
_PER_CAMPAIGN: tuple
class Numbers:
    rare: int
    drop: Any
    numeric: Any
    flags: Any
    median: Any
    levels: Any
    mean: Any
    std: Any

    def __init__(self, rare: int=20, drop=...):
        ...

    @property
    def width(self):
        ...

    def to_dict(self):
        ...

    @classmethod
    def from_dict(cls, d: dict):
        ...

    def fit(self, frame: pd.DataFrame) -> Numbers:
        ...

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        ...
def _numeric(frame, columns):
    ...
def _one_hot(column, levels):
    ...
_TEMPERATURES: tuple
_EPSILON: float
def attention(cos, numbers, mask, tau):
    ...
_TEXT: tuple
class PromoNet(nn.Module):
    accepts_loss_kwargs: bool
    settings: Any
    text: str
    live: int
    body: Any
    losses: Any
    value: Any
    gate: Any
    skip: Any
    scale: Any
    redeem: Any
    sales: Any
    read: Any
    read_skip: Any
    encoder: Any
    tokens: Any
    augment: Any
    encoded: Any

    def __init__(self, width: int, encoder: Encoder | None=None, texts: list | None=None, text: str='tuned', hidden: int=128, dropout: float=0.3, live: int=48, seed: int=0, bank=None):
        ...

    def _layers(self, width, hidden, dropout, encoder):
        ...

    def _texts(self, encoder, texts, bank):
        ...

    def set_bank(self, bank: torch.Tensor, texts: list) -> None:
        ...

    def encode(self, rows):
        ...

    def vectors(self, wanted=None):
        ...

    def refresh(self) -> PromoNet:
        ...

    def freeze(self) -> Encoder:
        ...

    def _channels(self, offer, offer_items, offer_weights, moment, history, history_numbers):
        ...

    def _hidden(self, x, input_ids=None, attention_mask=None, **tables):
        ...

    def forward(self, x: torch.Tensor, y=None, sales=None, weight=None, offset=None, **batch) -> dict:
        ...

    def predict(self, data: PairDataset, batch_size: int=8192, show: bool=False) -> dict:
        ...

    def save(self, folder, numbers=None) -> None:
        ...

    @classmethod
    def load(cls, folder) -> tuple:
        ...
_CHANNELS: Any
def _from_zero(loss):
    ...
class PairDataset(torch.utils.data.Dataset):
    pairs: Any
    encoder: Any
    q: float
    seed: int
    all: Any
    rows: Any

    def __init__(self, pairs, x: np.ndarray, y=None, sales=None, weight=None, q: float=1.0, rows=None, tokens=None, encoder=None, seed: int=0):
        ...

    def __len__(self):
        ...

    def __getitem__(self, i):
        ...

    def set_epoch(self, epoch: int) -> None:
        ...

    def batch(self, rows) -> dict:
        ...
def _once(codes, rows):
    ...
@contextmanager
def _doubled(net):
    ...
def _read_weights(path) -> dict:
    ...
def _skeleton(cls, config, encoder, weights, folder):
    ...
def _attach(self, kept, weights, encoder, tokens):
    ...
