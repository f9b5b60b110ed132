# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['PromoTrainer', 'fine_tune', 'TextModel']
import copy, json, re, tempfile, time
from pathlib import Path
import numpy as np, pandas as pd, torch
from fastcore.basics import patch
from torch.utils.data import Dataset
from transformers import EarlyStoppingCallback, Trainer
from .checkpoint import arguments, claim_folder, train_or_resume
from .core import UsageError, atomic, check_number, moved, progress, read_json, refuse_pickles, rng
from .data import PromoData
from .model import Numbers, PairDataset, PromoNet
from .text import Encoder, TextTable, item_texts, load_encoder, pair_tables
def depth_of(name, layers):
    ...
def parameter_groups(net: PromoNet, lr: float=0.002, encoder_lr: float=2e-05, layer_decay: float=0.8, weight_decay: float=0.01) -> list:
    ...
def _augmenter(encoder: Encoder, texts: list, word_dropout: float=0.1, synonym: float=0.1):
    ...
class PromoTrainer(Trainer):
    rates: Any
    optimizer_name: str
    adversarial: float
    optimizer: Any

    def __init__(self, *args, rates: dict | None=None, optimizer_name: str='adamw', adversarial: float=0.0, **kwargs):
        ...

    def create_optimizer(self, model=None):
        ...

    def _get_train_sampler(self, train_dataset=None):
        ...

    def training_step(self, model, inputs, *args):
        ...

    def create_scheduler(self, num_training_steps, optimizer=None):
        ...
class _Passes(Dataset):
    rows: Any

    def __init__(self, data: PairDataset, epochs: float):
        ...

    def __len__(self):
        ...

    def __getitem__(self, i):
        ...
def _score(predictions):
    ...
def _stopping(patience, valid, steps):
    ...
def _settings_of(folder, seed, lr, batch_size, drop_last, more):
    ...
def _ready(net, data, epochs, batch_size, optimizer, augment):
    ...
def fine_tune(net: PromoNet, data: PairDataset, folder, valid: PairDataset | None=None, epochs: float=6, batch_size: int=1024, lr: float=0.002, encoder_lr: float=2e-05, layer_decay: float=0.8, weight_decay: float=0.01, optimizer: str='adamw', patience: int | None=None, augment=None, adversarial: float=0.0, seed: int=0, **settings) -> PromoNet:
    ...
_HISTORY: int
class TextModel:
    read: Any
    tuning: Any
    encoder: Any
    tuned: Any
    text: str
    networks: int
    epochs: float
    q: float
    seed: int
    settings: Any
    tuning_epochs: Any
    live: int
    numbers: Any
    texts: Any
    nets: Any

    def __init__(self, encoder=None, text: str='tuned', networks: int=3, epochs: float=6, q: float=0.1, seed: int=0, tuned: Encoder | None=None, tuning_epochs: float | None=None, live: int=24, **settings):
        ...

    def _table(self, data):
        ...

    def __repr__(self):
        ...

    def _pairs(self, frame, data, **labels):
        ...

    def _vectors(self, texts):
        ...

    def _net(self, i, bank):
        ...

    def _tune(self, i, bank, pairs, folder, tell=None):
        ...

    def fit(self, frame: pd.DataFrame, data: PromoData, folder=None, tell=None) -> TextModel:
        ...

    def logits(self, frame: pd.DataFrame, data: PromoData) -> np.ndarray:
        ...

    def save(self, folder) -> None:
        ...

    @classmethod
    def load(cls, folder) -> TextModel:
        ...
def _embedded(encoder, texts):
    ...
def _counted(pairs, steps, tell):
    ...
_ENCODERS: tuple
_MOVED: dict
__getattr__: Any
