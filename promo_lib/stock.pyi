# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Demand', 'order_quantities', 'stock_plan']
from dataclasses import dataclass, field
from pathlib import Path
import numpy as np
import pandas as pd
from scipy.stats import nbinom, poisson
from .core import DataError, Problem, UsageError, atomic, check_count, check_inside
from .placement import PlacementModel, PlacePlan, frame_of, no_formula, whole_numbers
@dataclass
class Demand:
    edges: np.ndarray
    spread: np.ndarray

    def phi(self, mean):
        ...

    def quantile(self, mean, level: float) -> np.ndarray:
        ...

    @classmethod
    def learn(cls, y, mean, parts: int=12) -> 'Demand':
        ...
_PHIS: Any
def _edges(mean, parts, least=30):
    ...
def _best_phi(y, mean):
    ...
def order_quantities(mean, demand: Demand, level: float=0.95, *, here=0, pack=1, fresh=...) -> np.ndarray:
    ...
_STOCK: Any
def _stock_table(stock, model):
    ...
def _learned(model):
    ...
def _demand_rows(model, plan, level):
    ...
@dataclass(repr=False)
class StockPlan:
    orders: pd.DataFrame
    changes: pd.DataFrame
    clear: pd.DataFrame
    level: float
    notes: list = field(default_factory=list)

    def __repr__(self):
        ...

    def to_folder(self, folder) -> list:
        ...
def stock_plan(model: PlacementModel, plan: PlacePlan, stock=None, *, level: float=0.95, lead: int=1, pack: int=1, share: float=0.25) -> StockPlan:
    ...
_CLEAR: list
def _with_stock(d, s, lead, pack, last):
    ...
def _changes(d, model, plan, share):
    ...
def _orders(d, model, level):
    ...
def _to_clear(model, plan, pairs, s, spread, level, cover=8):
    ...
