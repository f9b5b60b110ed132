# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Calibrator', 'Platt', 'Beta', 'Isotonic', 'choose_calibrator', 'ConformalSales', 'campaign_spread', 'ForecastSpread']
import numpy as np, pandas as pd
from fastcore.basics import patch
from scipy.optimize import minimize
from scipy.special import expit, gammaln, logit as log_odds
from scipy.stats import gamma, norm
from sklearn.base import BaseEstimator
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import GammaRegressor, QuantileRegressor, Ridge
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted
from .core import PALETTE, UsageError, as_frame, check_column, check_count, check_inside, check_number, need_columns, rng
from .features import normaliser
from .metrics import check_labels, new_axes
def _penalised(theta, F, y, w, mean, sd):
    ...
def _platt(z: np.ndarray, y: np.ndarray, weight=None) -> tuple:
    ...
class Calibrator(BaseEstimator):
    name: tuple
    least: int
    params_: Any

    def _fit(self, z, y, w):
        ...

    def _map(self, z):
        ...

    def fit(self, z, y, weight=None) -> Calibrator:
        ...

    def logit(self, z) -> np.ndarray:
        ...

    def predict(self, z) -> np.ndarray:
        ...

    def to_dict(self) -> dict:
        ...

    @classmethod
    def from_dict(cls, d: dict) -> Calibrator:
        ...
class Platt(Calibrator):
    name: tuple
    line: Any

    def _fit(self, z, y, w):
        ...

    def _map(self, z):
        ...
class Beta(Calibrator):
    name: tuple

    def _columns(self, z):
        ...

    def _fit(self, z, y, w):
        ...

    def _map(self, z):
        ...
def _blocks(z, y, w):
    ...
class Isotonic(Calibrator):
    name: tuple

    def _fit(self, z, y, w):
        ...

    def _map(self, z):
        ...
_CALIBRATORS: Any
def _calibrator(name: str='platt') -> Calibrator:
    ...
def _sound(name, params):
    ...
def _left_out(z, y, groups, names, weight, folds):
    ...
def _compare_calibrators(z, y, groups, names=('none', 'platt', 'beta', 'isotonic'), weight=None, folds: int=30) -> pd.DataFrame:
    ...
def choose_calibrator(z, y, groups, names=('none', 'platt', 'beta', 'isotonic'), weight=None, folds: int=30) -> Calibrator:
    ...
def _coverage(low, high, y) -> float:
    ...
def _rank(n, level):
    ...
def _conformal_quantile(scores, level: float=0.9) -> float:
    ...
class _Normalised:
    mean: Any
    spread: Any

    def __init__(self, level):
        ...

    def fit(self, X, y):
        ...

    def score(self, X, y):
        ...

    def ends(self, X, q):
        ...
class _Quantiles:
    lines: Any

    def __init__(self, level):
        ...

    def fit(self, X, y):
        ...

    def score(self, X, y):
        ...

    def ends(self, X, q):
        ...
class ConformalSales(BaseEstimator):
    level: float
    score: str
    held_back: float
    seed: int
    columns_: Any
    model_: Any
    q_: Any
    n_: Any

    def __init__(self, level: float=0.9, score: str='normalised', held_back: float=..., seed: int=0):
        ...

    def _features(self, X):
        ...

    def fit(self, X: pd.DataFrame, y, X_cal: pd.DataFrame | None=None, y_cal=None) -> ConformalSales:
        ...

    def _fit(self, X, y, X_cal, y_cal):
        ...

    def predict(self, X: pd.DataFrame) -> pd.DataFrame:
        ...
def _log_sales(X, y, name):
    ...
_MIN_SALES: int
def campaign_spread(expected: np.ndarray, actual: np.ndarray) -> float:
    ...
def _spread_interval(expected, tau: float, level: float=0.9) -> pd.DataFrame:
    ...
def _count_interval(E: np.ndarray, A: np.ndarray, new: np.ndarray, level: float=0.9) -> pd.DataFrame:
    ...
_SLOPES: Any
_SLOPE_SD: Any
_RECENT: int
def _by_size(past, users, offers):
    ...
def _log_chance(A, E, s, points: int=15):
    ...
_TAUS: Any
_NEEDED: list
class ForecastSpread(BaseEstimator):
    level: float
    scale: float
    n: int
    seed: int
    past_: Any
    omega_: Any
    judged_: Any
    tau_: Any
    _said: Any
    weights_: Any
    joint_: Any
    n_amounts_: Any
    within_: Any
    between_: Any

    def __init__(self, level: float=0.9, scale: float=0.5, n: int=4000, seed: int=0):
        ...

    def fit(self, past: pd.DataFrame, amounts: pd.DataFrame | None=None) -> ForecastSpread:
        ...

    def _fit_users(self):
        ...

    def _weights(self, t):
        ...

    def _chances(self, t):
        ...

    def _joint(self, rows):
        ...

    def _fit_campaigns(self):
        ...

    def _fit_amounts(self, amounts):
        ...

    def _fit_means(self, sums, n):
        ...

    def gap(self, expected: float, users, offers) -> float:
        ...

    def _counts(self, E, n, users, level, name):
        ...

    def _sums(self, A, p, amounts):
        ...

    def _levels(self, r, size, joint, gap, doubt=0.0):
        ...

    def draw(self, p, users: int, sales, discount, gap: float=0.0, doubt: float=0.0, rest: tuple=(0.0, 0, 0)) -> dict:
        ...

    def ends(self, x, counts: bool=False) -> tuple:
        ...

    def judged(self) -> pd.DataFrame:
        ...

    def plot(self, ax=None):
        ...
def _promises(past):
    ...
def _half_t(tau, scale):
    ...
def _shares_of(L):
    ...
_SHARES: Any
_GIVEN: Any
_GIVEN: Any
def _gaps(t):
    ...
_WITHIN: Any
_BETWEEN: Any
_DOUBT_SD: float
