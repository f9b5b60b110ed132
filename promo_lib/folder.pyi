# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['PlanFolder', 'plan_campaigns']
import datetime, hashlib, json, re, shutil, time
from importlib.metadata import version
from pathlib import Path
import numpy as np
import pandas as pd
from fastcore.basics import patch
from . import __version__
from .core import DataError, Problem, UsageError, atomic, check_number, read_json
from .data import KEY, SCORES, PromoData
from .draft import Draft
from .money import Money
from .calibration import ForecastSpread
from .scores import fingerprint
from .constraints import limits_of
from .decide import Decisions, decide
from .ledger import Ledger
from .campaign import Campaign
from .run import find_notebook, run_report
from .facts import people_and_offers, plan_facts
_FORMULA: Any
def _refuse_formulas(t, columns, table):
    ...
def _send_list(plan):
    ...
_MOST_LINES: int
def _write_workbook(path, send, facts):
    ...
def _write_sheet(sheet, t, bold):
    ...
_FORMAT: int
_LIBRARIES: tuple
def _digest(path):
    ...
def _plain(x):
    ...
def _write_json(path, thing):
    ...
def _terms_of(plan):
    ...
def _about_plan(plan, facts, limits, vetoed, data):
    ...
_KEPT: list
def _plain_ids(t):
    ...
def _write_tables(folder, plan, kept):
    ...
def _fill_folder(folder, plan, kept, limits, vetoed, data, trust, page):
    ...
def _write_page(folder):
    ...
_STALE: int
def _mend_folder(path):
    ...
def _same(a, b):
    ...
def _check_place(path, replace):
    ...
def _into_place(path, replace, fill):
    ...
class PlanFolder:
    path: Any
    about: Any

    def __init__(self, path, verify=True):
        ...

    def read(self, name, **how):
        ...

    def digest(self, path) -> str:
        ...

    @property
    def hash(self) -> str:
        ...

    @property
    def facts(self) -> dict:
        ...

    @property
    def money(self) -> Money:
        ...

    @property
    def sent(self) -> pd.DataFrame:
        ...

    @property
    def groups(self) -> pd.DataFrame:
        ...

    def verify(self) -> None:
        ...

    @property
    def approvals(self) -> list:
        ...

    @property
    def state(self) -> str:
        ...

    def _line(self, by, what, note, **more):
        ...

    @property
    def campaign(self) -> Campaign:
        ...

    def _replanned(self, offers, users):
        ...

    def approve(self, by: str, veto_offers=(), veto_users=(), note: str='') -> PlanFolder:
        ...

    def _approved(self, path, by, note, offers, users):
        ...

    def __repr__(self):
        ...
def _log_text(lines):
    ...
def _vetoed_rows(candidates, offers, users):
    ...
def plans_beside(folder, start, skip='') -> tuple:
    ...
_LEAST_HELD: int
def _stated(draft, name, given, default, join=...):
    ...
def _check_holdout(plan):
    ...
def plan_campaigns(source, campaigns, out, budget=None, holdout=None, *, no_holdout=False, max_offers=None, learn=None, limits=None, do_not_contact=None, ignore_unknown=False, scores=None, prior=None, alone=False, replace=False, page=True, seed: int=0, fast=False, how=None, money=None, **terms) -> PlanFolder:
    ...
def _kept_promises(out, draft):
    ...
def _holdout_of(draft, holdout, no_holdout):
    ...
