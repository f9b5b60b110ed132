# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Campaign']
from dataclasses import replace
from pathlib import Path
import numpy as np
import pandas as pd
import pyarrow as pa, pyarrow.compute as pc
import pyarrow.parquet as pq
from fastcore.basics import patch
from .core import DataError, PALETTE, Problem, UsageError, as_frame, check_number, need_columns, to_pandas
from .data import KEY, SCORES, PromoData, check_ranges, check_scores, load, make_candidates, read_scores
from .draft import Draft, campaign_state
from .metrics import new_axes
from .book import metrics_of, outputs_folder, write_book, write_metrics
from .money import Money, add_rates, add_value, figures, knows_money, realised
from .calibration import ForecastSpread
from .effect import EffectModel
from .cold import Prior, cold_scores
from .scores import cached_scores, scores_about
from .allocate import Plan, allocate
from .agents import schedule_campaign
from .placement import knows_places, places_of
from .replay import Replay, compare_policies, replay
from .measure import Incremental, Measurement, incremental_sales, known_redemptions, measure_campaign, past_campaigns
from .decide import Decisions, decide
def _promises_of(data, promised):
    ...
class Campaign:
    money: Any
    seed: int
    fast: bool
    prior: Any
    promised: Any
    candidates: Any
    scores: Any
    made: Any
    _spread: Any
    draft: Any
    data: Any
    state: Any
    ids: Any
    _common: Any

    def __init__(self, data, campaign_id=None, money: Money | None=None, scores=None, seed: int=0, fast: bool=False, prior=None, promised=None, **assumed):
        ...

    def _open(self, data, campaign_id):
        ...

    def _come(self, what):
        ...

    def _read_scores(self, scores, truth):
        ...

    def _mine(self, scores):
        ...

    def _allowed_rows(self, u, o, users, offers):
        ...

    def _from_file(self, path):
        ...

    def _with_rates(self, c):
        ...

    def _known_hits(self):
        ...

    def _cold_scores(self, truth):
        ...

    @property
    def _offers(self):
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
    def in_money(self) -> bool:
        ...

    @property
    def users(self) -> np.ndarray:
        ...

    @property
    def unrecorded(self) -> tuple:
        ...

    def scores_in_words(self) -> str:
        ...

    def cost_in_words(self, show=...) -> str:
        ...

    def why_no_money(self) -> str:
        ...

    def label_in_words(self) -> str:
        ...

    def funnel(self) -> pd.DataFrame:
        ...

    def plot_funnel(self, ax=None, most=20):
        ...

    def money_judged(self) -> pd.DataFrame:
        ...

    def money_judged_in_words(self, show=...) -> str:
        ...

    def spent_before(self, periods: int=1) -> pd.Series:
        ...

    def strata(self) -> pd.Series:
        ...

    def plan(self, budget: float=..., max_offers: int=1, constraints=None, holdout: float | None=None, **terms) -> Plan:
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

    def draws_of(self, c) -> dict:
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

    def measure(self, plan, segment=None, budget=None, **boot):
        ...

    def compare(self, budgets, **kwargs) -> pd.DataFrame:
        ...

    def read_plan(self, path) -> pd.DataFrame:
        ...

    def price_of_one(self, plan, show=...) -> str:
        ...

    def advice(self, plan: Plan, show=...) -> tuple:
        ...

    def budgets(self, plan: Plan, n: int=8) -> np.ndarray:
        ...

    def plot_budget(self, plan: Plan, ax=None):
        ...

    def who_first(self, plan: Plan) -> pd.DataFrame:
        ...

    def quarters(self) -> pd.Series:
        ...

    def shares_by_quarter(self, plan) -> pd.DataFrame:
        ...

    def attributes(self, most: int=20) -> list:
        ...

    def about(self, offer_id, longest: int=60) -> str:
        ...

    def _common_words(self):
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

    def places(self, store_group='', category='', weeks='', slots='', discount_budget=...):
        ...

    def keep(self, plan, promise, came=None) -> None:
        ...

    def sales_during(self, users) -> pd.Series:
        ...

    def caused(self, groups: pd.Series, attributed: float=..., level: float=0.95) -> Incremental:
        ...

    def __repr__(self):
        ...
_MANY: int
def _is_large(scores):
    ...
def _codes(column, known, name, path):
    ...
def _knows_discount(data, money):
    ...
_STEPS: Any
def _calibration(t, what, show):
    ...
_QUARTERS: list
def _quarters_of(spent):
    ...
_FORECAST: tuple
_MOST_DOUBT: float
def _doubt(c):
    ...
def _plan_file(path, needed):
    ...
def stated_in_words(offer) -> str:
    ...
_WORDS: tuple
def places_in_words(found, show=..., in_money=True) -> str:
    ...
def promise_metrics(money, promise, **more) -> dict:
    ...
