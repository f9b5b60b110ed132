# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
from pathlib import Path
__all__ = ['Decisions', 'decide']
from dataclasses import dataclass
import numpy as np
import pandas as pd
from fastcore.basics import patch
from .core import PALETTE, UsageError, check_count, check_number, rng, short_number
from .data import KEY
from .metrics import new_axes
from .uplift import assign
from .allocate import Knapsack, allocate
from .constraints import marginal_roi
from .timing import letter_days
def _sending_time(start, end):
    ...
def _wave_days(start, end, waves):
    ...
def _send_days(frame, user, n_users, waves, seed):
    ...
def _weeks(days):
    ...
def _sorted(*keys):
    ...
def _codes(x):
    ...
class _Rows:
    order: Any
    open: Any
    unit: Any
    frame: Any
    user: Any
    week: Any
    day: Any
    offer: Any
    campaign: Any
    v: Any
    c: Any
    users: Any

    def __init__(self, frame, waves, seed):
        ...

    def knapsack(self, rows):
        ...

    def column(self, name):
        ...
def _best_of(group, worth, most, among):
    ...
def _once(rows):
    ...
def _minus_used(rows, used):
    ...
def _had(rows, used):
    ...
def _limited(rows, max_offers, cap, spent, had):
    ...
@dataclass
class _Chosen:
    sent: np.ndarray
    would: np.ndarray
    price: float
    bound: float
    limit: float
    best: float
    curve: pd.DataFrame
    limits: pd.DataFrame = ...
def _curve(ks, k, B, best):
    ...
def _by_price(rows, inside, outside, B, k, spend_all, goal):
    ...
def _by_limits(rows, inside, B, k, constraints, spend_all, goal):
    ...
_POOL: int
def _equals(rows, sent, high):
    ...
def _draw(rows, pool, m, seed):
    ...
class Decisions:
    table: Any
    groups: Any
    terms: Any
    used: Any
    constraints: Any
    price: Any
    bound: Any
    limit: Any
    best: Any
    curve: Any
    limits: Any

    def __init__(self, table, groups, chosen, terms, used=None, constraints=None):
        ...

    @property
    def sent(self) -> pd.DataFrame:
        ...

    @property
    def budget(self) -> float:
        ...

    def by_day(self) -> pd.DataFrame:
        ...

    def plot_curve(self, unit: str='money', ax=None):
        ...

    def to_folder(self, path, replace=False, page=True, limits=None, language: str='en') -> Path:
        ...
_RATE: Any
def _why(rows, i, price, arm, pool_size, goal):
    ...
def _arms(rows, chosen, held, learn, seed):
    ...
def _grouped(rows, strata, holdout, seed):
    ...
def _given_groups(rows, groups):
    ...
def _check_terms(budget, holdout, learn, waves, max_offers, cap):
    ...
def decide(candidates, budget: float, *, holdout: float=0.0, strata=None, max_offers: int=1, cap: int | None=None, learn: float=0.0, waves: int=1, used=None, groups=None, constraints=None, spend_all=False, seed: int=0, goal: str='profit') -> Decisions:
    ...
_SHOWN: list
def _decided(rows, chosen, held, terms, seed, goal):
    ...
def _with_would(rows, groups, chosen):
    ...
def _letters(made, candidates):
    ...
def _weeks_open(made, rows, letters, cap):
    ...
def timed(made, candidates, habits, start, capacity=None):
    ...
