# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Incremental', 'incremental_sales', 'read_holdout', 'contamination', 'Measurement', 'measure_campaign', 'known_redemptions', 'past_campaigns']
from dataclasses import dataclass
from pathlib import Path
import numpy as np
import pandas as pd
from fastcore.basics import patch
from scipy import stats
from .core import DataError, PALETTE, Problem, UsageError, check_number, safe_ratio, to_pandas
from .data import KEY, PromoData, make_candidates
from .money import TOTALS, Money, figures, realised
from .replay import Replay, replay
from .uplift_metrics import skewed_ends
def _segment_of_users(outcomes, segment, user='user_id'):
    ...
_PLANNED: Any
def _segment_verdict(planned, low, high):
    ...
def _by_segment(done, segments, level=0.95):
    ...
def _steps(f, budget):
    ...
def _waterfall(done, budget=None):
    ...
@dataclass
class Incremental:
    per_user: float
    interval: tuple
    total: float
    share: float
    share_interval: tuple
    n: tuple
    means: tuple = ...

    def claim(self, money: Money=..., cost: float | None=None, show=...) -> str:
        ...

    def table(self, money: Money=..., show=...) -> pd.DataFrame:
        ...
def _sales_of(name, x):
    ...
def _group_moments(x, everybody):
    ...
def _difference_ends(a, b, level):
    ...
def incremental_sales(treated, control, attributed: float=..., level: float=0.95) -> Incremental:
    ...
_GROUPS: Any
def _holdout_file(path):
    ...
def read_holdout(path, users) -> pd.Series:
    ...
def contamination(groups: pd.Series, got) -> tuple:
    ...
def _verdict_of(low, high, cost, show):
    ...
_ALL_ALIKE: str
def _claim_head(low, high):
    ...
@dataclass(repr=False)
class Measurement:
    done: Replay
    summary: pd.DataFrame
    by_segment: pd.DataFrame
    waterfall: pd.DataFrame

    @property
    def assumptions(self) -> list:
        ...

    def __repr__(self):
        ...

    def verdict(self, show=...) -> tuple:
        ...

    def plot_segments(self, figure: str='redemptions', currency: str='money', ax=None):
        ...

    def plot_waterfall(self, currency: str='money', ax=None):
        ...
def _planned(t):
    ...
def _summary(done, n_boot, level, seed):
    ...
def measure_campaign(plan, outcomes, money: Money=..., *, segment: str | None=None, budget: float | None=None, n_boot: int=1000, level: float=0.95, seed: int=0, **columns) -> Measurement:
    ...
_WORDS: dict
_UNKNOWN_MONEY: str
def _given_before(data, campaigns):
    ...
def known_redemptions(data, until, campaigns, given=None) -> pd.DataFrame:
    ...
def past_campaigns(data, until, money: Money | None=None, max_offers: int=16) -> pd.DataFrame:
    ...
