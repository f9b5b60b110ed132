# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['EXTRA', 'fit_in_time', 'relabel', 'fingerprint', 'cache_folder', 'score_campaigns', 'cached_scores']
import hashlib, json, os
from pathlib import Path
import numpy as np, pandas as pd
from . import __version__
from .core import UsageError, atomic, is_fast
from .data import PromoData, add_outcomes, load
from .effect import EffectModel
from .features import KEY, add_features
_SMALL: Any
def _cut(dev, valid_from):
    ...
def fit_in_time(data: PromoData, until, valid_from=None, frame=None, folder=None, fast: bool=False, **kwargs) -> EffectModel:
    ...
def relabel(frame: pd.DataFrame, data: PromoData, known_by=None) -> pd.DataFrame:
    ...
EXTRA: list
def fingerprint(data: PromoData) -> str:
    ...
def cache_folder() -> Path:
    ...
def score_campaigns(data: PromoData, campaigns, seed: int=0, fast: bool=False) -> pd.DataFrame:
    ...
def cached_scores(source, campaigns, seed: int=0, fast: bool=False, cache=None, make: bool=True) -> Path:
    ...
