# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['measure_plan', 'rehearse']
import json, shutil
from dataclasses import dataclass, field
from pathlib import Path
import numpy as np
import pandas as pd
from fastcore.basics import patch
from scipy import stats
from .core import PALETTE, UsageError, atomic, file_name, read_json
from .data import KEY, PromoData, load
from .draft import campaign_state
from .metrics import new_axes
from .book import write_metrics
from .money import Money, figures, realised
from .measure import Incremental, contamination, incremental_sales
from .ledger import Ledger
from .campaign import Campaign
from .language import check_language
from .run import find_notebook, run_report
from .folder import PlanFolder, plan_campaigns
from .follow import came_of, sent_by, shop_now
_FIGURES: tuple
def _came(rows, money):
    ...
def _side_by_side(promise, came, money):
    ...
def _compared(folder, data, campaign):
    ...
def _caused(t, attributed):
    ...
def _poisson_ends(n, level):
    ...
def _by(rows, column, omega):
    ...
def _lessons(level, offers, segments, spoiled, caused, nobody):
    ...
@dataclass
class Outcome:
    plan: str
    campaigns: list
    hash: str
    start: pd.Timestamp
    end: pd.Timestamp
    known: pd.Timestamp
    unit: str
    money: Money
    customers: int
    offers: int
    table: pd.DataFrame
    caused: Incremental
    margins: tuple
    held: int
    nobody_out: bool
    by_offer: pd.DataFrame
    by_segment: pd.DataFrame
    lessons: list
    notes: list
    gaps: list = field(default_factory=list)
    no_money: str = ...
    label: str = ...

    def _caused_in_words(self, show=...):
        ...

    def in_words(self) -> str:
        ...

    def line(self) -> dict:
        ...

    def facts(self, show=...) -> dict:
        ...

    def write(self, folder, out=None) -> Path:
        ...

    def plot(self, ax=None):
        ...
def measure_plan(plan, source) -> Outcome:
    ...
def _margins(caused, money):
    ...
def _outcome(folder, data, campaign, rows, more, done, gaps, compared, caused):
    ...
def _said(folder, data, campaign, more, gaps, sent):
    ...
_measure_list: Any
def _plain(x):
    ...
def _records(t):
    ...
_REHEARSAL: str
def _cut_before(data, campaign):
    ...
def _check_over(data, campaign):
    ...
def _make_room(path):
    ...
def _keep_beside(plan, out, name, found):
    ...
def rehearse(source, campaign, out, budget: float, holdout: float=0.1, *, no_holdout=False, max_offers: int=16, seed: int=0, fast=False, language: str='en') -> tuple:
    ...
