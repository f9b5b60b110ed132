# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['looks_needed', 'advise_wordings', 'play_tests', 'follow_wordings']
from dataclasses import dataclass
import numpy as np
import pandas as pd
from scipy.special import ndtr
from .core import UsageError, check_count, check_inside, check_number, progress, rng
from .wording import WordingModel, WordingTests
def _best_of_two(m, q):
    ...
def looks_needed(gap: float, tau: float, rate: float, loss: float=0.02) -> int:
    ...
_SEND: Any
_TEST: Any
_DROP: Any
_OPEN: Any
_ONE: Any
_AGAIN: str
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
_SIZES: Any
def _judged(x, there, part):
    ...
@dataclass(repr=False)
class _Played:
    looks: np.ndarray
    lost: np.ndarray
    clicks: np.ndarray
    curve: pd.DataFrame
    losing: np.ndarray
    at_stake: np.ndarray
    worth: np.ndarray
    price: float = ...
def play_tests(rates: np.ndarray, scores: np.ndarray | None=None, tau: float=0.25, how: str='top two', loss: float=0.02, over: str='each', part: int=1000, most: int=100000, level: tuple | None=None, draws: int=200, seed: int=0) -> _Played:
    ...
def _check_over(over):
    ...
def _play(rates, s, loss, price, r, tau, how, part, most, level, draws, said=''):
    ...
_PLAYS: int
def _price(s, loss, seed, tau, how, part, most, level, draws):
    ...
_AT_ONCE: int
def _padded(arms):
    ...
def _running(n, c, s, tau, level, loss, price, part, r, draws=4000):
    ...
def follow_wordings(model: WordingModel, counts: WordingTests, loss: float=0.02, over: str='each', part: int | None=None, rate: float | None=None) -> pd.DataFrame:
    ...
def _told(rows, arms, part):
    ...
