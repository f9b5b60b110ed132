# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['looks_needed', 'advise_wordings', 'play_tests']
from dataclasses import dataclass
import numpy as np
import pandas as pd
from scipy.special import ndtr
from .core import UsageError, check_count, check_inside, check_number, rng
from .wording import WordingModel
def _best_of_two(m, q):
    ...
def looks_needed(gap: float, tau: float, rate: float, loss: float=0.02) -> int:
    ...
_SEND: Any
_TEST: Any
_DROP: Any
_OPEN: Any
_ONE: Any
def _at_stake(s, tau, doubt, draws=2000, seed=0):
    ...
def _advice(t, tau, doubt, rate, loss, seed):
    ...
def advise_wordings(model: WordingModel, texts, rate: float | None=None, loss: float=0.02) -> pd.DataFrame:
    ...
def wording_shares(advice) -> pd.DataFrame:
    ...
def _believed(c, n, s, tau, level, r, draws):
    ...
def _shares_of(draws, how, there):
    ...
@dataclass(repr=False)
class _Played:
    looks: np.ndarray
    lost: np.ndarray
    clicks: np.ndarray
    curve: pd.DataFrame
def play_tests(rates: np.ndarray, scores: np.ndarray | None=None, tau: float=0.25, how: str='top two', loss: float=0.02, part: int=1000, most: int=100000, level: tuple | None=None, draws: int=200, seed: int=0) -> _Played:
    ...
def _play(rates, s, there, tau, how, loss, part, most, level, draws, r):
    ...
