# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['write_book']
import datetime, json, os, re
from pathlib import Path
import numpy as np
import pandas as pd
from .core import atomic, to_pandas
from .money import Money
FORMULA: Any
_MOST: int
class _Sheet:
    book: Any
    sheet: Any
    row: Any

    def __init__(self, book, name, widths):
        ...

    def add(self, *values, style='plain'):
        ...

    def _write(self, j, x, style):
        ...

    def _text(self, j, text, style):
        ...
class _Formula:
    text: str
    value: Any

    def __init__(self, text: str, value):
        ...
def _finite(x, other):
    ...
class _Book:
    file: Any
    formats: Any

    def __init__(self, path):
        ...
_MOST_LINES: int
_NEED: list
_RATES: list
_MAY: list
def _lines(sent, most: int):
    ...
def _summed(t):
    ...
def _letter(i):
    ...
def _worth(t, money):
    ...
def _plan_sheet(sheet, t, money):
    ...
def _line_formulas(at, n, row, margin, cost, in_money):
    ...
_ASSUMED: Any
def _assumption_sheet(sheet, money):
    ...
_FIGURES: tuple
def _figure_sheet(sheet, about, promise, letters, lines, money):
    ...
def _figure(sheet, name, formula, promise, unit):
    ...
_SHEETS: Any
def write_book(path, sent: pd.DataFrame, money: Money, promise, about: dict | None=None, *, most: int=...) -> Path:
    ...
def metrics_of(*figures) -> dict:
    ...
def write_metrics(path, *figures) -> Path:
    ...
def outputs_folder() -> Path:
    ...
