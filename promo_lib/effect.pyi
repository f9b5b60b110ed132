# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Ensemble', 'AmountModel', 'EffectModel']
import json, warnings
from functools import partial
from pathlib import Path
import numpy as np, pandas as pd
from fastcore.basics import patch
from scipy.special import expit
from scipy.stats import norm
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import GammaRegressor, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted
from . import __version__
from .calibration import Platt, campaign_spread
from .core import UsageError, atomic, moved, progress, read_json, refuse_pickles, rng
from .data import PromoData
from .frame import RARE, CrossFit, FrameInputs, Odds, downsample_negatives, learnable, tree_settings
from .features import normaliser, select_features
from .money import as_stated
_CAMPAIGN_FEATURES: tuple
def _inputs_of(X, columns):
    ...
def _linear_model(seed: int=0):
    ...
def _tree_model(rows: int, texts: int=0, columns: int=0, seed: int=0):
    ...
def _dot(a, w, rows=65536):
    ...
class _Member:
    share: Any
    seed: Any
    linear: Any
    tree: Any

    def __init__(self, share, seed):
        ...

    def fit(self, inputs, x, codes, y, kept):
        ...

    def parts(self, a, b):
        ...

    def logit(self, a, b):
        ...
_LEFT_OUT: float
def _keep_households(users, seed: int=0) -> np.ndarray:
    ...
class Ensemble(ClassifierMixin, BaseEstimator):
    least: int
    campaign_features: Any
    members: Any
    share: Any
    seed: Any
    inputs_: Any
    members_: Any
    columns_: Any
    classes_: Any
    common_: Any

    def __init__(self, members=6, share=0.15, seed=0):
        ...

    def fit(self, X: pd.DataFrame, y=None, users=None, tell=None) -> Ensemble:
        ...

    def _fit_common(self, X, y, users, tell):
        ...

    def logits(self, X: pd.DataFrame) -> np.ndarray:
        ...

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        ...
class AmountModel:
    FEATURES: tuple
    LEAST: tuple
    BELOW: float
    target: Any
    fallback: Any
    columns: Any
    bounded: Any
    n: Any
    model: Any
    share: Any
    level: Any
    top: Any

    def __init__(self, target, fallback):
        ...

    def predict(self, X):
        ...

    def fit(self, X: pd.DataFrame) -> AmountModel:
        ...
def _first_of(columns, rows):
    ...
def _money_trees(rows, loss):
    ...
class EffectModel:
    network_weight: float
    least: Any
    graph: Any
    ensemble: Any
    texts: Any
    data: Any
    members: int
    share: float
    level: float
    seed: int
    text: str
    networks: int
    epochs: float
    encoder: Any
    a: Any
    b: Any
    tau: Any
    calibrated_on: Any
    kept: Any
    money_by_offer: Any
    sales: Any
    discount: Any

    def __init__(self, members: int=6, share: float=0.15, level: float=0.9, text: str='tuned', networks: int=3, epochs: float=6, encoder=None, seed: int=0, graph: bool=False):
        ...

    def _ensemble(self):
        ...

    def _text_model(self, data=None):
        ...

    def fit_models(self, frame: pd.DataFrame, data: PromoData | None=None, folder=None, tell=None) -> EffectModel:
        ...

    def logits(self, X: pd.DataFrame, data: PromoData | None=None) -> np.ndarray:
        ...

    def calibrate(self, valid: pd.DataFrame) -> EffectModel:
        ...

    def refit(self, every: pd.DataFrame, seen, data: PromoData | None=None, folder=None, tell=None) -> EffectModel:
        ...

    def fit(self, train: pd.DataFrame, valid: pd.DataFrame | None=None, refit: bool=True, data: PromoData | None=None, folder=None, tell=None) -> EffectModel:
        ...

    def predict(self, X: pd.DataFrame, data: PromoData | None=None) -> pd.DataFrame:
        ...

    def save(self, folder, **about) -> None:
        ...

    @classmethod
    def load(cls, folder) -> EffectModel:
        ...
def carry_over(a: float, b: float, seen: float, known: float) -> tuple:
    ...
def _amounts(frame):
    ...
def _expected_money(sales, discount, X):
    ...
def _judge_money(train, valid):
    ...
_TRUSTED: set
def _read_models(path):
    ...
def _filled(thing, values):
    ...
_calibration: tuple
_scores: tuple
__getattr__: Any
