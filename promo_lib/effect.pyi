# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['downsample_negatives', 'Ensemble', 'AmountModel', 'EffectModel', 'carry_over']
import json, warnings
from pathlib import Path
import numpy as np, pandas as pd
from fastcore.basics import patch
from scipy.special import expit
from scipy.stats import norm
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import GammaRegressor, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.validation import check_is_fitted
from . import __version__
from .calibration import Platt, campaign_spread
from .core import UsageError, atomic, moved, progress, read_json, refuse_pickles, rng
from .data import PromoData
from .features import normaliser, select_features
from .text import load_encoder
from .train import TextModel
def downsample_negatives(y: np.ndarray, share: float, seed: int=0) -> tuple:
    ...
_CAMPAIGN_FEATURES: tuple
def _linear_model(seed: int=0):
    ...
def _tree_model(rows: int, seed: int=0):
    ...
class _Member:
    columns: Any
    share: Any
    seed: Any
    linear: Any
    tree: Any

    def __init__(self, columns, share, seed):
        ...

    def _tree(self, X):
        ...

    def fit(self, X, y, kept):
        ...

    def logit(self, X):
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
    members_: Any
    columns_: Any
    classes_: Any

    def __init__(self, members=6, share=0.15, seed=0):
        ...

    def fit(self, X: pd.DataFrame, y=None, users=None) -> Ensemble:
        ...

    def logits(self, X: pd.DataFrame) -> np.ndarray:
        ...

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        ...
class AmountModel:
    FEATURES: tuple
    target: Any
    fallback: Any
    level: Any
    top: Any
    model: Any
    columns: Any
    n: Any

    def __init__(self, target, fallback):
        ...

    def fit(self, X):
        ...

    def predict(self, X):
        ...
class EffectModel:
    network_weight: float
    least: Any
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
    sales: Any
    discount: Any

    def __init__(self, members: int=6, share: float=0.15, level: float=0.9, text: str='tuned', networks: int=3, epochs: float=6, encoder=None, seed: int=0):
        ...

    def _ensemble(self):
        ...

    def _text_model(self):
        ...

    def fit_models(self, frame: pd.DataFrame, data: PromoData | None=None, folder=None) -> EffectModel:
        ...

    def logits(self, X: pd.DataFrame, data: PromoData | None=None) -> np.ndarray:
        ...

    def calibrate(self, valid: pd.DataFrame) -> EffectModel:
        ...

    def refit(self, every: pd.DataFrame, seen, data: PromoData | None=None, folder=None) -> EffectModel:
        ...

    def fit(self, train: pd.DataFrame, valid: pd.DataFrame | None=None, refit: bool=True, data: PromoData | None=None, folder=None) -> EffectModel:
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
_TRUSTED: set
def _read_models(path):
    ...
def _filled(thing, values):
    ...
_calibration: tuple
_scores: tuple
__getattr__: Any
