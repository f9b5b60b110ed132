# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = []
import functools, importlib.util, json, re, string, tomllib
from pathlib import Path
import numpy as np, pandas as pd
from fastcore.basics import patch
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from scipy.stats import beta
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from .core import CJK, DataError, Problem, UsageError, atomic, check_number, clean_text, package_file, read_json
from .data import PromoData, load
from .intake import read_rows
from .language import Multilingual
_MOST: int
_WHO: Any
def _turns(text):
    ...
def customer_turns(text) -> list:
    ...
_READERS: Any
def _encoder(name):
    ...
def installed_readers() -> list:
    ...
def _pick_reader(name=None):
    ...
def _long_one(x):
    ...
class _Views:
    mean: Any
    reader: Any
    query: Any
    words: Any

    def __init__(self, reader=None, query=True):
        ...

    def fit(self, texts):
        ...

    def read(self, texts, query):
        ...

    def __call__(self, texts):
        ...
def _least_sure(p, right, errors):
    ...
def _temperature(log_p, at):
    ...
def share_interval(k, n, level=0.95):
    ...
def _text_problems(name, d):
    ...
def _intent_problems(name, d):
    ...
def _bought_problems(name, d):
    ...
def read_dialogues(path, encoding='utf-8') -> pd.DataFrame:
    ...
class IntentModel:
    views: Any
    errors: Any
    about: Any
    buys: Any
    t: Any
    model: Any
    intents: Any
    least: Any
    buyer: Any

    def __init__(self, reader: str | None=None, errors: float=0.05):
        ...

    def __repr__(self):
        ...

    def surest(self, language):
        ...

    def fit(self, d: pd.DataFrame):
        ...

    def _judge(self, p, y, language):
        ...

    def _fit_buys(self, X, y, groups):
        ...

    def read(self, texts) -> tuple:
        ...

    def save(self, folder) -> Path:
        ...

    @classmethod
    def load(cls, folder) -> IntentModel:
        ...

    def _restore(self, a, arrays):
        ...
def _regression():
    ...
def _rows(n, v):
    ...
def _out_of_fold(X, y, groups):
    ...
_ENOUGH: int
def language_of(turns):
    ...
def _log_loss(p, y):
    ...
def _logits(X, weights, bias):
    ...
def assist_list(name: str) -> pd.DataFrame:
    ...
def default_intents(reader: str | None=None) -> IntentModel:
    ...
def _kept_regression(weights, bias):
    ...
_MOST_TEXTS: int
def _day(x):
    ...
def _names(t, texts):
    ...
def _item_rows(items):
    ...
def _offer_rows(data, text_of):
    ...
class ShopWords:
    views: Any
    ngrams: Any
    about: Any
    items: Any
    offers: Any
    vectors: Any

    def __init__(self, about, vectors, mean):
        ...

    def __repr__(self):
        ...

    @classmethod
    def of(cls, data: PromoData, reader: str | None=None) -> ShopWords:
        ...

    def save(self, folder) -> Path:
        ...

    @classmethod
    def load(cls, folder) -> ShopWords:
        ...

    def similar(self, turns: list) -> tuple:
        ...
_TROUBLE: Any
_NO_OFFERS: Any
_SPEAKS: Any
def _states(turns, model):
    ...
def user_blocks(data: PromoData, user=None, plan=None, refused=None) -> dict:
    ...
def read_refusals(place):
    ...
def has_refused(refused, user, offer) -> bool:
    ...
def _mine(t, user, offer):
    ...
def _user_block(data, user, offer, refused):
    ...
def _plan_blocks(data, plan, user):
    ...
_LINES: Any
def _check_line(where, key, text):
    ...
def read_lines(path, more=()) -> dict:
    ...
class Assistant:
    refused: Any
    rules: Any
    words: ShopWords
    model: Any
    base: Any
    lines: Any
    data: Any
    plan: Any

    def __init__(self, words: ShopWords, model: IntentModel | None=None, lines: dict | None=None, data: PromoData | None=None, plan=None, refused=None, base: IntentModel | None=None, rules=None):
        ...

    @classmethod
    def of(cls, source, model=None, plan=None) -> Assistant:
        ...

    def _intent(self, turns, base):
        ...

    def _line_for(self, intent, products, may, complaint, refuses, lines):
        ...

    def _offers_for(self, near, blocked, why_all):
        ...

    def _read_for(self, turns):
        ...

    def _known_blocks(self, user):
        ...

    def answer(self, text: str, user=None, blocked=None, language: str='', refused=()) -> dict:
        ...
INTENTS: Any
UNKNOWN: Any
_SHOWN: int
def judge_dialogues(d: pd.DataFrame, desk: Assistant, items=None) -> pd.DataFrame:
    ...
