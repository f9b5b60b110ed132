# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Planner']
import base64, hashlib, html, json, math
from dataclasses import replace
import numpy as np
import pandas as pd
from fastcore.basics import patch
from .core import UsageError, as_frame, check_count, check_number, need_columns
from .money import Money, add_value
from .allocate import Knapsack
def _range_of(x, low, high, most=...):
    ...
def _rates(candidates, offers, name):
    ...
def _beaten_by(gain, cost, kind):
    ...
_MOST_PAIRS: int
def _undominated(t, k, offers):
    ...
class Planner:
    budget: Any
    stop: Any
    candidates: Any
    offers: Any
    about: Any
    money: Money
    k: Any

    def __init__(self, candidates, money: Money=..., budget: float=..., max_offers: int=1, spend_all: bool=False, about=None):
        ...

    def at(self, budget: float | None=None, margin_rate: float | None=None, contact_cost: float | None=None, without=None) -> dict:
        ...

    @classmethod
    def of_folder(cls, folder) -> Planner:
        ...

    def _rows(self):
        ...

    def _kept_rows(self):
        ...

    @property
    def ranges(self) -> dict:
        ...

    @property
    def margin_steps(self) -> np.ndarray:
        ...

    def _corners(self, f):
        ...

    def _curve(self, t, own, fee, without=-1):
        ...

    @property
    def free_margin(self) -> bool:
        ...

    def _curves(self, t, own, fee):
        ...

    @property
    def parts(self) -> dict:
        ...

    def _top(self):
        ...

    def __repr__(self):
        ...

    def _repr_mimebundle_(self, include=None, exclude=None):
        ...
def _why_fixed(candidates, about, used):
    ...
def _numbers(x):
    ...
def _packed(x):
    ...
def _thinned(x, y, most):
    ...
def _within(x, y, a, b, most):
    ...
_MOST_CURVES: int
_MOST_WORK: int
def _words(goal):
    ...
def _cannot(curves, free_margin):
    ...
_MOST_BYTES: int
_JS_SOLVE: str
_JS_PRICE: str
_JS_CURVES: str
_JS_SHOW: str
_JS_START: str
_JS_END: str
_PARTS: tuple
PLANNER_SCRIPT: Any
PLANNER_HASH: Any
def _slider(name, label, value, low, high, prefix):
    ...
def _controls(d, prefix):
    ...
def _figures_of(d, show):
    ...
def planner_html(d: dict, prefix: str='p', show=...) -> str:
    ...
PLANNER_KIND: str
