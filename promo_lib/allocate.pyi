# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
from .constraints import _ConstrainedPlan
__all__ = ['toy_candidates', 'Knapsack', 'Plan', 'as_knapsack', 'allocate']
import copy, html, os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
import narwhals as nw
import numpy as np
import pandas as pd
from fastcore.basics import patch
from .core import DataError, PALETTE, Problem, UsageError, as_frame, check_count, check_number, kernel, need_columns, rng, short_number
from .money import Money, add_value
def toy_candidates(n_users: int=300, n_offers: int=8, noise: float=0.0, seed: int=0) -> pd.DataFrame:
    ...
_KEEP: tuple
def _eager(candidates, need, keep):
    ...
def _rows(name, rule, bad, fix):
    ...
def _ranks(frame, name):
    ...
def _amounts(frame, name, low=...):
    ...
_SCORES: Any
_RATES: Any
def _columns_of(candidates, value, cost):
    ...
def _chances(frame):
    ...
def _priced(frame, value, cost, money):
    ...
class Knapsack:
    order: Any
    user: str
    offer: str
    campaign: str
    value: str
    cost: str
    n_users: Any
    start: Any
    frame: Any
    v: Any
    c: Any
    u: Any
    _by_ratio: Any
    made: Any
    curves: Any
    last: Any

    def __init__(self, candidates, user: str='user_id', offer: str='offer_id', value: str='value', cost: str='cost', campaign: str='campaign_id', keep: tuple=(), money: Money | None=None):
        ...

    def _finish(self, frame, v, c, keys, problems):
        ...

    def column(self, name: str) -> np.ndarray:
        ...

    def _ready(self):
        ...

    @classmethod
    def from_arrays(cls, v: np.ndarray, c: np.ndarray, start: np.ndarray | None=None) -> Knapsack:
        ...

    def revalued(self, v: np.ndarray | None=None, c: np.ndarray | None=None) -> Knapsack:
        ...

    def choose(self, lam: float, k: int=1) -> tuple:
        ...

    def blocks(self, work) -> list:
        ...

    def exchanges(self, k: int=1) -> _Exchanges:
        ...

    def cut(self, B: float, k: int=1) -> tuple:
        ...

    def dual(self, B: float, k: int=1) -> tuple:
        ...

    def at(self, lam: float, k: int=1) -> tuple:
        ...

    def frontier(self, k: int=1) -> pd.DataFrame:
        ...

    def in_order(self, order: np.ndarray, B: float, k: int=1) -> np.ndarray:
        ...

    def greedy(self, B: float, k: int=1) -> np.ndarray:
        ...

    def rounded(self, B: float, k: int=1) -> np.ndarray:
        ...

    def fill(self, take: np.ndarray, B: float, k: int=1, never: int=-1) -> np.ndarray:
        ...

    def by_price(self, B: float, k: int=1) -> np.ndarray:
        ...

    def _without(self, i, B, k):
        ...

    def best(self, B: float, k: int=1) -> np.ndarray:
        ...

    def constrained(self, B: float, k: int, constraints: list) -> _ConstrainedPlan:
        ...
def _starts(v, c, start):
    ...
def _numbered(v, c, start):
    ...
def _when_asked(self, name):
    ...
def _choose(v, c, start, k, lam, take):
    ...
def _add(v, c, a, b, held):
    ...
def _swap(v, c, a, b, held, inside):
    ...
def _free(v, c, a, b, inside, held, free):
    ...
def _walk(v, c, start, lo, hi, k, held, free, rate, gain, cost, enter, leave):
    ...
class _Exchanges(NamedTuple):
    free: np.ndarray
    rate: np.ndarray
    gain: np.ndarray
    cost: np.ndarray
    enter: np.ndarray
    leave: np.ndarray

    @property
    def buckets(self) -> np.ndarray:
        ...

    def taken(self, made: np.ndarray) -> np.ndarray:
        ...
def _n_threads():
    ...
def _block(ks, lo, hi, k, held, free):
    ...
ROUNDING: float
def _bucket(rate):
    ...
def _first_that_fit(rate, cost, left):
    ...
def _settle(order, rate):
    ...
def _by_rate(rate):
    ...
def _in_order(order, c, u, n_users, k, left):
    ...
def _apply(take, made, enter, leave):
    ...
def _weakest(v, c, take, a, b, lam):
    ...
def _move(v, c, i, n, out, k, left):
    ...
def _rates(v, c, start, take, k, lam, left):
    ...
def _fill(order, v, c, u, start, take, k, lam, left):
    ...
_METHODS: Any
class Plan:
    value: Any
    cost: Any
    bound: Any
    knapsack: Knapsack
    take: np.ndarray
    method: str
    budget: Any
    max_offers: Any
    shadow_price: Any
    _table: Any

    def __init__(self, knapsack: Knapsack, take: np.ndarray, budget: float, max_offers: int=1, method: str='best'):
        ...

    @property
    def gap(self) -> float:
        ...

    @property
    def profit(self) -> float:
        ...

    @property
    def unspent(self) -> float:
        ...

    @property
    def n_offers(self) -> int:
        ...

    @property
    def n_users(self) -> int:
        ...

    @property
    def unspent_reason(self) -> str:
        ...

    @property
    def table(self):
        ...

    @property
    def recommended(self) -> float:
        ...

    def point(self) -> dict:
        ...

    def frontier(self, budgets=None) -> pd.DataFrame:
        ...

    def plot(self, currency: str='money', ax=None):
        ...

    def _lines(self):
        ...

    def __repr__(self):
        ...

    def _repr_html_(self):
        ...

    def _pairs(self):
        ...

    def _figures(self, both):
        ...

    def compare(self, other: Plan) -> pd.DataFrame:
        ...
def as_knapsack(candidates, **names) -> Knapsack:
    ...
def _under(ks, B, k, constraints):
    ...
def allocate(candidates, budget: float=..., *, user: str='user_id', offer: str='offer_id', value: str='value', cost: str='cost', max_offers: int=1, method: str='best', constraints: list | None=None, keep: tuple=(), money: Money | None=None) -> Plan:
    ...
def _reason(v, c, lam, ours):
    ...
def _amount(x):
    ...
