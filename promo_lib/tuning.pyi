# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['find_learning_rate', 'search', 'pseudo_labels', 'learning_curve']
import copy, inspect, shutil
from collections import namedtuple
from pathlib import Path
import numpy as np, pandas as pd, torch
import torch.nn.functional as F
from torch import nn
from .checkpoint import claim_folder, own_randomness
from .core import UsageError, progress, rng
from .metrics import evaluate
from .model import PairDataset, PromoNet
from .train import fine_tune, parameter_groups
def _rate_step(net, batch, optimizer):
    ...
_RateTest: Any
def find_learning_rate(net: PromoNet, data: PairDataset, low: float=1e-05, high: float=1.0, steps: int=60, batch_size: int=256, encoder_share: float=0.01, seed: int=0) -> _RateTest:
    ...
_SPACE: Any
_NETWORK: tuple
def _check_space(space):
    ...
def _suggest(trial, space):
    ...
def _open_study(folder):
    ...
def _judge(make_net, data, valid, folder, drawn, settings):
    ...
_Search: Any
def search(make_net, data: PairDataset, valid: PairDataset, folder, trials: int=20, space: dict | None=None, seed: int=0, **settings) -> _Search:
    ...
def pseudo_labels(p, low: float=0.001, high: float=0.5, weight: float=0.3, hard: bool=False, seed: int=0) -> pd.DataFrame:
    ...
def learning_curve(fit, frame: pd.DataFrame, until, steps=None, n_boot: int=200, seed: int=0) -> pd.DataFrame:
    ...
