# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['Ledger']
from pathlib import Path
import numpy as np
import pandas as pd
from fastcore.basics import patch
from .core import DataError, PALETTE, Problem, UsageError, atomic
from .metrics import new_axes
_FIGURES: tuple
_PARTS: tuple
_TEXTS: tuple
_TIMES: tuple
_NUMBERS: tuple
def _checked_line(line):
    ...
class Ledger:
    path: Any
    lines: Any

    def __init__(self, folder):
        ...

    @property
    def table(self) -> pd.DataFrame:
        ...

    def add(self, line: dict) -> Ledger:
        ...

    def in_words(self, until=None) -> str:
        ...

    def promised(self) -> pd.Series:
        ...

    def plot(self, figure: str='redemptions', ax=None):
        ...
def _kept(t, f):
    ...
