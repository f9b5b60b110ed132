# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['budget', 'stock', 'reach', 'min_roi', 'min_profit', 'marginal_roi', 'pin', 'forbid', 'Infeasible']
import ctypes, os, sys
from contextlib import contextmanager
from dataclasses import dataclass
import narwhals as nw
import numpy as np
import pandas as pd
from fastcore.basics import patch
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp, minimize
from .allocate import Knapsack, Plan, ROUNDING, allocate
from .core import DataError, PALETTE, Problem, UsageError, check_number, kernel, rng, short_number
@dataclass(frozen=True)
class _Constraint:
    name: str
    limits: object
    by: tuple = ...
    counts: tuple = ...
    least: bool = ...
    users: bool = ...
    unit: str = ...
def _columns(by):
    ...
def _limits(name, amounts, by, low=0.0):
    ...
def budget(amounts, by=None) -> _Constraint:
    ...
def stock(amounts, by='offer_id') -> _Constraint:
    ...
def reach(amounts, by=None) -> _Constraint:
    ...
def min_roi(rho: float) -> _Constraint:
    ...
def min_profit(amount: float, by=None) -> _Constraint:
    ...
@dataclass(frozen=True)
class _Floor:
    price: float
    by: tuple = ...
def marginal_roi(rho: float) -> _Floor:
    ...
@dataclass(frozen=True)
class _Pairs:
    pairs: tuple
    sent: bool
    by: tuple = ...
def _as_pairs(pairs):
    ...
def pin(pairs) -> _Pairs:
    ...
def forbid(pairs) -> _Pairs:
    ...
def _groups(ks, by):
    ...
def _matched(o, names):
    ...
class _Limits:
    floor: Any
    status: Any
    worth: Any
    scale: Any
    ks: Knapsack
    k: Any
    constraints: Any
    code: Any
    user_code: Any
    counts: Any
    about: Any
    b: Any

    def __init__(self, ks: Knapsack, constraints: list, k: int=1):
        ...

    def _number(self, sums):
        ...

    def _add(self, o):
        ...

    def _of_user(self, o, code):
        ...

    def _typical(self):
        ...

    @property
    def arrays(self):
        ...

    def respond(self, lam: np.ndarray) -> tuple:
        ...

    def sample(self, n: int) -> _Limits:
        ...

    @property
    def size(self) -> float:
        ...

    def dual(self, top=...) -> _Dual:
        ...

    def used(self, take: np.ndarray) -> np.ndarray:
        ...

    def caps(self) -> np.ndarray:
        ...

    def over(self, take: np.ndarray) -> np.ndarray:
        ...

    def move(self, take: np.ndarray, lam: np.ndarray, repair: bool) -> int:
        ...

    def repaired(self, take: np.ndarray, lam: np.ndarray) -> np.ndarray:
        ...

    def rounded(self, lam: np.ndarray) -> np.ndarray:
        ...

    def _best_of(self, d: _Dual):
        ...

    def _rows_of_limits(self):
        ...

    def _matrix(self):
        ...

    def exact(self, whole: bool=True, nodes: int=10000) -> tuple:
        ...

    def with_other(self, **changes) -> _Limits:
        ...

    def nearest(self, close: float=1e-06) -> list:
        ...

    def title(self, j: int) -> str:
        ...

    def _improved(self, take, bound):
        ...

    def _drawn_in(self, lam, shrink):
        ...

    def solve(self) -> tuple:
        ...
def _rows_of(ks, pairs):
    ...
def _marked(ks, pairs, sent):
    ...
class Infeasible(UsageError):
    broken: list

    def __init__(self, broken: list):
        ...
def _status(ks, pairs, k):
    ...
def _price(i, lam, v, c, code, counts):
    ...
def _book(i, sign, v, c, code, counts, used):
    ...
def _book_user(u, sign, user_code, used):
    ...
def _bonus(u, lam, user_code):
    ...
def _best_row(a, b, take, status, c, r):
    ...
def _respond(lo, hi, k, lam, worth, v, c, start, status, code, counts, user_code, take, used):
    ...
class _Dual:
    limits: _Limits
    top: Any
    x: Any
    f: Any
    g: Any
    used: Any
    mix: Any
    met: Any

    def __init__(self, limits: _Limits, top=...):
        ...

    def __call__(self, x):
        ...

    @property
    def best(self):
        ...

    @property
    def lam(self):
        ...

    def descend(self, x: np.ndarray, most: int=200, close: float=1e-13):
        ...

    def planes(self, radius: float, keep: int=400) -> tuple:
        ...

    def refine(self, most: int=300, close: float=1e-07):
        ...
def _do(i, out, n, u, sign, v, c, code, counts, user_code, used):
    ...
def _over(i, out, u, code, user_code, used, cap, scale):
    ...
def _judge(i, out, n, u, repair, loss, gain, v, c, code, counts, user_code, used, cap, b, scale):
    ...
def _change(x, y, n, bonus, lam, worth, v, c, code, counts):
    ...
def _moves(lo, hi, k, lam, repair, worth, v, c, start, status, code, counts, user_code, take, used, cap, b, scale, score, come, go):
    ...
def _make(order, come, go, repair, worth, v, c, start, status, code, counts, user_code, take, used, cap, b, scale):
    ...
@contextmanager
def _no_chatter():
    ...
class _ConstrainedPlan(Plan):
    cost: Any
    bound: Any
    shadow_price: Any
    rules: _Limits
    lam: np.ndarray
    knapsack: Any
    take: np.ndarray
    budget: Any
    max_offers: Any
    method: Any
    value: Any

    def __init__(self, limits: _Limits, take: np.ndarray, bound: float, lam: np.ndarray, budget: float):
        ...

    @property
    def limits(self) -> pd.DataFrame:
        ...

    @property
    def unspent_reason(self) -> str:
        ...

    def others(self) -> list:
        ...

    def frontier(self, budgets=None) -> pd.DataFrame:
        ...
