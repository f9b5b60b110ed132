# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['follow']
import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
import numpy as np
import pandas as pd
from fastcore.basics import patch
from scipy import stats
from .core import DataError, PALETTE, Problem, UsageError, atomic, rng
from .data import KEY, PromoData, load
from .metrics import new_axes
from .money import add_value, realised
from .measure import contamination, known_redemptions
from .decide import decide
from .folder import PlanFolder, limits_of
def _loaded(folder, source):
    ...
def shop_now(folder, source) -> PromoData:
    ...
def _list_text(rows, day):
    ...
def _put_lists(folder):
    ...
def sent_by(folder, when=None) -> pd.DataFrame:
    ...
_GRID: Any
_PULL: float
def _courses(data, until):
    ...
def _part(day, sent_on, end):
    ...
def _mean_course(sent, day, end, F):
    ...
def _corridor(campaign, sent, days, course, seed):
    ...
_RARE: float
def _segment_alarms(table, omega):
    ...
def _level(came, expected, tau):
    ...
def _rest(folder, campaign, sent, level, part, left, tomorrow, seed):
    ...
@dataclass
class Following:
    day: pd.Timestamp
    number: int
    table: pd.DataFrame
    segments: pd.DataFrame
    alarms: list
    notes: list
    spent: float
    bound: float
    left: float
    level: float
    price: float
    send: pd.DataFrame
    goal: str = ...
    gaps: list = field(default_factory=list)

    def write(self, folder) -> list:
        ...

    def facts(self) -> dict:
        ...

    def in_words(self) -> str:
        ...

    def plot(self, ax=None):
        ...
def came_of(data, sent, until) -> pd.DataFrame:
    ...
def _days_so_far(rows, paid, days, known):
    ...
def _alarms(now, spent, table, segments, omega, unit):
    ...
def follow(plan, source) -> Following:
    ...
def _by_segment(folder, rows, expected):
    ...
def _following(folder, campaign, data, known):
    ...
def _later(made, every, now):
    ...
def _notes(folder, data, sent, campaign):
    ...
def _earlier(folder, path, lists):
    ...
def _value(x):
    ...
