# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['PromotionDataset', 'plain_model', 'fit_plain', 'predict_plain', 'measure_plain']
import time
import numpy as np, torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset
from .core import UsageError, check_count, progress, read_json
from .metrics import auc, average_precision
from .text import check_weights, model_folder, quiet_transformers
def _tokenizer(name=None):
    ...
def _labels(labels, n):
    ...
class PromotionDataset(Dataset):
    tokenizer: Any
    texts: Any
    labels: Any
    max_len: int

    def __init__(self, texts, labels, tokenizer=None, max_len: int=128):
        ...

    def __len__(self):
        ...

    def __getitem__(self, i):
        ...
_DROPOUTS: tuple
def plain_model(name=None, dropout: float | None=None, seed: int=0):
    ...
def _batches(dataset, batch_size, shuffle=False, show=''):
    ...
def _to(batch, model):
    ...
def _train_epoch(model, dataset, batch_size: int, optimizer) -> float:
    ...
def fit_plain(model, dataset, epochs: int=5, batch_size: int=16, lr: float=2e-05, seed: int=0) -> list:
    ...
def _logits(model, dataset, batch_size, show='predicting'):
    ...
def predict_plain(model, dataset, batch_size: int=64) -> np.ndarray:
    ...
def _plain_metrics(model, dataset, batch_size: int=64) -> dict:
    ...
def measure_plain(texts, labels, name=None, pairs: int=256, batch_size: int=16, max_len: int=128) -> dict:
    ...
