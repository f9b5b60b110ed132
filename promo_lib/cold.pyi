# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Prior', 'cold_scores', 'rests_on']
import re, warnings
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
import numpy as np, pandas as pd
from fastcore.basics import patch
from scipy.optimize import brentq, root
from scipy.sparse import csr_matrix, issparse, vstack
from scipy.special import betaincinv, expit, logit
from scipy.stats import binom, norm
from .core import CJK, DataError, Problem, UsageError, check_column, check_inside, check_number, to_pandas
from .data import KEY, PromoData, add_outcomes, make_candidates
from .features import clean_purchases, item_levels
from .money import as_stated
_LEVEL: float
_Z: Any
def _beta_of(low, high):
    ...
@dataclass(frozen=True)
class Prior:
    rate: float
    low: float
    high: float
    discount_share: float = ...
    source: str = ...

    def __post_init__(self):
        ...

    @classmethod
    def usual(cls, offers: float | None=None) -> Prior:
        ...

    @classmethod
    def parse(cls, text) -> Prior:
        ...

    def in_words(self) -> str:
        ...

    def total(self, sent) -> tuple:
        ...

    def updated(self, redemptions, candidates) -> Prior:
        ...

    def after(self, data: PromoData, until, offers: float | None=None) -> Prior:
        ...
_USUAL: Any
_OFFERS: float
_SPREAD: float
_NUMBER: str
_FORM: Any
def _ends(n, a, b):
    ...
def _percent(p):
    ...
def _trust(n, e):
    ...
_CELLS: int
def _pick(C, G, u, o):
    ...
class _Lines:
    at: Any
    C: Any
    V: Any
    G: Any
    bought: Any
    paid: Any

    def __init__(self, lines, links, group, shape, near=None):
        ...
def _ratios(levels, u, o, N, L):
    ...
_NEAR: Any
_PALS: Any
_SOME: Any
_FEW: Any
def _unit(V):
    ...
def _cosines(V, rows):
    ...
class _Near:
    V: Any
    cut: Any

    def __init__(self, V):
        ...

    def rows(self, texts):
        ...

    def __call__(self, G, ids):
        ...
_READABLE: Any
def _reader_for(texts):
    ...
def _read_texts(texts, encoder):
    ...
def text_level(items, ids, encoder) -> tuple:
    ...
_GAMMA: Any
_THETA: Any
def _shares(lines):
    ...
def _log_affinity(levels, u, o, N, L):
    ...
def _chances(log_r, rate):
    ...
_OFFER: list
_WEIGHT: float
def _sales(levels, lines, u, o):
    ...
def _stated(offers, wanted, column):
    ...
def _list_price(data, links, offers):
    ...
def _money(data, prior, levels, lines, links, wanted, u, o):
    ...
def _moment(until):
    ...
def _seen(data, until):
    ...
def _when(data, c, until):
    ...
def _read(data, candidates, also=()):
    ...
def _lines_before(data, until):
    ...
def _links_of(data, wanted):
    ...
def _levels(data, lines, links, shape, encoder=None):
    ...
def _counted(data, c, until, encoder):
    ...
def cold_scores(data: PromoData, candidates, prior: Prior | None=None, until=None, seed: int=0, encoder='auto') -> pd.DataFrame:
    ...
def affinity_parts(data: PromoData, candidates, until=None, encoder='auto') -> pd.DataFrame:
    ...
def _known_users(data, c, until):
    ...
def _known_offers(data, c, until):
    ...
_BASIS: Any
def _account(what, ids, missing, meaning):
    ...
def rests_on(data: PromoData, candidates, until=None) -> pd.DataFrame:
    ...
