# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['downsample_negatives', 'PromoClassifier', 'PromoRegressor']
import copy, re, warnings
from importlib.util import find_spec
from itertools import combinations
import narwhals as nw, numpy as np, pandas as pd
from fastcore.basics import patch
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import t as student
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data
from .core import UsageError, check_count, check_inside, clean_text, rng
class _FrameError(UsageError, ValueError):
    ...
_UNSPACED: str
_TOKEN: Any
def _tokens(text):
    ...
def _prepare(text):
    ...
_LEVELS: int
def _length(values):
    ...
def _kind_of(column):
    ...
_KINDS: tuple
def _check_named(X, given):
    ...
def _find_kinds(X, given, groups):
    ...
def _list_reasons(left):
    ...
def _as_numbers(s, name):
    ...
def _as_categories(s):
    ...
def _typed(X, kinds):
    ...
def _clean_whole(text):
    ...
class FrameInputs:
    for_trees: Any
    numeric: Any
    categorical: Any
    least: Any
    most: Any
    dtype: Any
    levels: Any
    flags: Any
    median: Any
    mean: Any
    std: Any

    def __init__(self, numeric, categorical, apart=(), least=5, most=..., dtype=...):
        ...

    def read(self, X):
        ...

    def trees(self, x, codes):
        ...

    def _with_flags(self, x):
        ...

    def linear(self, x, codes):
        ...

    def fit(self, X):
        ...
def _codes(column, levels):
    ...
class Odds:

    def scaled(self, y):
        ...

    def loss(self, z, y):
        ...

    def mean(self, z):
        ...

    def line(self, penalty, rows):
        ...

    def boosting(self, **settings):
        ...

    def score(self, trees, B):
        ...
class _Logs:
    unit: Any
    top: Any

    def scaled(self, y):
        ...

    def loss(self, z, y):
        ...

    def mean(self, z):
        ...

    def line(self, penalty, rows):
        ...

    def boosting(self, **settings):
        ...

    def score(self, trees, B):
        ...
class _Numbers:
    base: Any
    unit: Any

    def scaled(self, y):
        ...

    def loss(self, z, y):
        ...

    def mean(self, z):
        ...

    def line(self, penalty, rows):
        ...

    def boosting(self, **settings):
        ...

    def score(self, trees, B):
        ...
def deal_folds(y, groups=None, folds: int=5, seed: int=0, classes: bool=True) -> list:
    ...
class _LogRidge(Ridge):
    intercept_: Any

    def fit(self, A, y):
        ...
def _log_line(penalty, rows):
    ...
class _Lines:
    penalties: Any
    logs: Any
    loss: Any
    penalty: Any
    models: Any
    held: Any

    def __init__(self, penalties, logs=False):
        ...

    def fit(self, kind, A, y, folds):
        ...

    def scores(self, A):
        ...
def _line(model, A):
    ...
def _held(rows, folds, scores):
    ...
class _Pairs:
    penalties: tuple
    least: Any
    bins: Any
    most: Any
    edges: Any
    sizes: Any
    pairs: Any
    kept: Any

    def __init__(self, least=8, bins=8, most=6000000):
        ...

    def _codes(self, x, codes):
        ...

    def fit(self, x, codes):
        ...

    def read(self, x, codes):
        ...
def _ones(at, columns):
    ...
RARE: float
def tree_settings(rows: int, rare: bool=False) -> dict:
    ...
def learnable(x):
    ...
_ROUNDS: tuple
class _Trees:
    settings: Any
    rounds: Any
    seed: Any
    loss: Any
    trees: Any
    models: Any
    held: Any

    def __init__(self, settings, rounds=..., seed=0):
        ...

    def fit(self, kind, B, y, folds, categories=0):
        ...

    def scores(self, kind, B, extra=None):
        ...
class _Words:
    penalties: tuple
    counter: Any

    def fit(self, texts):
        ...

    def read(self, texts):
        ...
class _Vectors:
    penalties: tuple
    encoder: Any
    mean: Any
    spread: Any

    def __init__(self, encoder):
        ...

    def fit(self, texts):
        ...

    def read(self, texts):
        ...

    def _embed(self, texts):
        ...
class _Tuned:
    name: Any
    epochs: Any
    seed: Any
    held: Any
    loss: Any
    models: Any

    def __init__(self, name=None, epochs=3, seed=0):
        ...

    def fit(self, kind, texts, y, folds):
        ...

    def scores(self, texts):
        ...

    def _score(self, model, texts):
        ...
_TOKENS: Any
_FEWEST: Any
_MOST: Any
def _find_encoder(encoder, texts):
    ...
def stack_weights(kind, Z, y, weight=None, sd: float=0.5) -> tuple:
    ...
def downsample_negatives(y: np.ndarray, share: float, seed: int=0) -> tuple:
    ...
class CrossFit:
    penalties: tuple
    kind: Any
    kinds: Any
    folds: Any
    seed: Any
    rare: Any
    encoder: Any
    apart: Any
    rounds: Any
    pairs: Any
    readers: Any
    text_members: Any
    inputs: Any
    members: Any
    tell: Any
    held: Any
    losses: Any
    intercept: Any
    unsure: Any
    weights: Any
    shift: Any

    def __init__(self, kind, kinds, folds=5, seed=0, rare=False, encoder=None, apart=(), rounds=..., pairs=False):
        ...

    def texts(self, X):
        ...

    @property
    def rows_columns(self):
        ...

    def _readers(self, texts):
        ...

    def _fit_texts(self, X, y, folds):
        ...

    def _fit_columns(self, X, y, folds):
        ...

    def fit(self, X, y, groups=None, share=1.0, tell=None):
        ...

    def member_scores(self, X):
        ...

    def scores(self, X) -> np.ndarray:
        ...

    def scores_and_spread(self, X) -> tuple:
        ...

    def raise_to(self, total):
        ...
def jackknife_variance(z) -> np.ndarray:
    ...
class _FrameModel(BaseEstimator):
    left_out_: Any
    text_: Any
    categorical_: Any
    numeric_: Any
    members_: Any

    def __sklearn_tags__(self):
        ...

    def _read(self, X, reset=False):
        ...

    def _begin(self, X, y, groups):
        ...

    def _groups_of(self, X, groups):
        ...

    def _told(self):
        ...

    def _scores(self, X):
        ...
class PromoClassifier(ClassifierMixin, _FrameModel):
    text: Any
    categorical: Any
    numeric: Any
    groups: Any
    encoder: Any
    rare: Any
    folds: int
    level: float
    random_state: int
    classes_: Any
    rare_: Any
    model_: Any

    def __init__(self, text=None, categorical=None, numeric=None, groups=None, encoder='auto', rare='auto', folds: int=5, level: float=0.9, random_state: int=0):
        ...

    def __sklearn_tags__(self):
        ...

    def _binary(self, y, groups):
        ...

    def _share(self, y):
        ...

    def fit(self, X, y, groups=None) -> PromoClassifier:
        ...

    def decision_function(self, X) -> np.ndarray:
        ...

    def predict_proba(self, X) -> np.ndarray:
        ...

    def predict(self, X) -> np.ndarray:
        ...

    def predict_interval(self, X) -> np.ndarray:
        ...
def _check_parts(y, groups, model):
    ...
class PromoRegressor(RegressorMixin, _FrameModel):
    text: Any
    categorical: Any
    numeric: Any
    groups: Any
    encoder: Any
    folds: int
    level: float
    random_state: int
    model_: Any
    alike_: Any

    def __init__(self, text=None, categorical=None, numeric=None, groups=None, encoder='auto', folds: int=5, level: float=0.9, random_state: int=0):
        ...

    def fit(self, X, y, groups=None) -> PromoRegressor:
        ...

    def _in_units(self, z):
        ...

    def predict(self, X) -> np.ndarray:
        ...

    def predict_interval(self, X) -> np.ndarray:
        ...
def _capped(y, most=0.02):
    ...
def _ends(s, level):
    ...
def _alike(kind, z, y, level, rows=200):
    ...
