# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Campaign']
from dataclasses import replace
from pathlib import Path
import numpy as np
import pandas as pd
from fastcore.basics import patch
from .core import DataError, PALETTE, Problem, UsageError, check_number, to_pandas
from .data import KEY, SCORES, PromoData, check_scores, load, read_scores
from .metrics import new_axes
from .money import Money, add_rates, add_value, figures, realised
from .calibration import ForecastSpread
from .scores import cached_scores, scores_about
from .allocate import Plan, allocate
from .agents import schedule_campaign
from .replay import Replay, compare_policies, replay
from .measure import Incremental, Measurement, incremental_sales, known_redemptions, measure_campaign, past_campaigns
class Campaign:
    data: Any
    promised: Any
    ids: Any
    money: Any
    seed: int
    fast: bool
    scores: Any
    made: Any
    candidates: Any
    _spread: Any

    def __init__(self, data, campaign_id, money: Money | None=None, scores=None, seed: int=0, fast: bool=False, promised=None, **assumed):
        ...

    def _read_scores(self, scores, truth):
        ...

    def _mine(self, scores):
        ...

    @property
    def start(self) -> pd.Timestamp:
        ...

    @property
    def end(self) -> pd.Timestamp:
        ...

    @property
    def known_until(self) -> pd.Timestamp:
        ...

    @property
    def unit(self) -> str:
        ...

    @property
    def users(self) -> np.ndarray:
        ...

    @property
    def unrecorded(self) -> tuple:
        ...

    def scores_in_words(self) -> str:
        ...

    def plan(self, budget: float=..., max_offers: int=1, constraints=None) -> Plan:
        ...

    def _sent(self, plan):
        ...

    def _history(self):
        ...

    @property
    def spread(self) -> ForecastSpread:
        ...

    def _promised(self, c):
        ...

    def _drawn(self, c, totals):
        ...

    def expected(self, plan) -> pd.Series:
        ...

    def chance_over(self, plan, budget: float) -> float:
        ...

    def judgement(self) -> str:
        ...

    def plot_expected(self, plan, ax=None):
        ...

    def replay(self, plan) -> Replay:
        ...

    def measure(self, plan, segment: str | None=None, budget: float | None=None, **boot) -> Measurement:
        ...

    def compare(self, budgets, **kwargs) -> pd.DataFrame:
        ...

    def read_plan(self, path) -> pd.DataFrame:
        ...

    def advice(self, plan: Plan, show=...) -> tuple:
        ...

    def budgets(self, plan: Plan, n: int=8) -> np.ndarray:
        ...

    def quarters(self) -> pd.Series:
        ...

    def shares_by_quarter(self, plan) -> pd.DataFrame:
        ...

    def attributes(self, most: int=20) -> list:
        ...

    def about(self, offer_id, longest: int=60) -> str:
        ...

    def best_offers(self, plan, n: int=10) -> pd.DataFrame:
        ...

    def past(self, max_offers: int=16) -> pd.DataFrame:
        ...

    def per_hundred(self) -> tuple:
        ...

    def past_unrecorded(self, past: pd.DataFrame) -> str:
        ...

    @property
    def days(self) -> int:
        ...

    def schedule(self, budget: float, steps: int=15000):
        ...

    def schedule_in_words(self, pace, budget: float, show=...) -> str:
        ...

    def sales_during(self, users) -> pd.Series:
        ...

    def caused(self, groups: pd.Series, attributed: float=..., level: float=0.95) -> Incremental:
        ...

    def __repr__(self):
        ...
def _promises_of(data, promised):
    ...
_FORECAST: tuple
_MOST_DOUBT: float
def _doubt(c):
    ...
def _plan_file(path, needed):
    ...
_QUARTERS: list
_WORDS: tuple
