# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = []
import json, os, random, warnings, zipfile
from contextlib import contextmanager
from pathlib import Path
import joblib, numpy as np, pandas as pd, torch
from .core import UsageError, read_json
from .text import check_weights, quiet_transformers
def arguments(folder, seed: int=0, **settings):
    ...
_PARTS: tuple
def _checkpoint_problem(path) -> str:
    ...
def _last_checkpoint(folder):
    ...
@contextmanager
def own_randomness():
    ...
def train_or_resume(trainer):
    ...
def claim_folder(folder, **what) -> None:
    ...
def loss_curve(folder) -> pd.DataFrame:
    ...
