# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Draft']
import difflib, tomllib
from datetime import date, datetime
from pathlib import Path
import numpy as np
import pandas as pd
from fastcore.basics import patch
from .core import DataError, Problem, UsageError, check_count, check_number
from .data import KEY, PromoData, load
def campaign_state(data, campaign_id) -> str:
    ...
_TERMS: Any
_OFFER: Any
_RULE: Any
def _known_words(given, words, where, path):
    ...
def _toml_day(name, x, path, last=False):
    ...
def _toml_kind(name, x, kind, path):
    ...
def _toml_part(given, words, where, path):
    ...
def _read_toml(path):
    ...
def _matching(frame, rule, table, path):
    ...
def _as_ids(ids, like, what, path):
    ...
def _new_offers(t, data, path):
    ...
_YES: Any
_NO: Any
def _says_yes(users, column, path):
    ...
def _recent_buyers(data, weeks, known, path):
    ...
def _listed(path, data, what, ignore=False):
    ...
def _allowed(data, rule, known, folder, path, ignore=False):
    ...
def _opened(allowed, table, campaign, named):
    ...
class Draft:
    source: Any
    data: Any
    ids: Any
    terms: Any
    left_out: Any
    by: Any

    def __init__(self, source, campaigns, do_not_contact=None, ignore_unknown=False, **how):
        ...

    def _file_of(self, wanted):
        ...

    def _check_ahead(self, campaign):
        ...

    @property
    def known(self) -> pd.Timestamp:
        ...

    def _join(self, t, path):
        ...

    def _check_new(self, campaign, path):
        ...

    def _add(self, wanted, do_not_contact, ignore):
        ...

    def _open(self, campaign, allowed, left):
        ...

    def in_words(self) -> list:
        ...

    def __repr__(self):
        ...
