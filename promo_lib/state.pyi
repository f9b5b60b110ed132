# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['State', 'micro', 'scrub']
import base64, hashlib, hmac, json, os, queue, re, secrets, sqlite3, threading, time
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from fastcore.basics import patch
from .core import PromoError, UsageError, check_number
def _alchemy():
    ...
_TABLES: Any
_INDEXES: list
def _schema():
    ...
def _statements(t):
    ...
class Gone(PromoError):
    ...
class Refused(PromoError):
    status: int

    def __init__(self, status: int, text: str):
        ...
class State:
    tables: Any
    sql: Any
    address: Any
    is_file: Any
    meta: Any
    _node: Any
    engine: Any
    _path: Any
    _door: Any
    _secret: Any
    _masks: Any

    def __init__(self, address, make: bool=False):
        ...

    def __repr__(self):
        ...

    def _open_server(self):
        ...

    def _open_file(self, path, make):
        ...

    def _make_tables(self, make):
        ...

    @contextmanager
    def _transaction(self, reading):
        ...

    def reading(self):
        ...

    def writing(self):
        ...

    def put(self, name: str, value) -> None:
        ...

    def get(self, name: str, default=None):
        ...

    def new_key(self, scopes, name: str='', days: float=365) -> str:
        ...

    @property
    def _seen(self):
        ...

    def _row_of(self, id):
        ...

    def known_key(self, key):
        ...

    def identify(self, key):
        ...

    def check_key(self, key: str, scope: str) -> str:
        ...

    def _look_up(self, key):
        ...

    def list_keys(self) -> list:
        ...

    def _need_key(self, id):
        ...

    def revoke_key(self, id: str) -> None:
        ...

    def rotate_key(self, id: str, grace: float=1.0, days: float=365) -> str:
        ...

    def set_budget(self, name: str, total: float) -> None:
        ...

    def reserve(self, conn, name: str, amount: int) -> bool:
        ...

    def settle(self, conn, name: str, reserved: int, spent: int) -> None:
        ...

    def money(self) -> dict:
        ...

    @contextmanager
    def turn(self):
        ...

    def mask(self, user) -> str:
        ...

    def _first_secret(self):
        ...

    def forget(self, user: str) -> dict:
        ...

    def is_forgotten(self, conn, user) -> bool:
        ...
_LIMITS: str
_LOCK: int
_SCOPES: tuple
_KEY: Any
def _now():
    ...
def _scrypt(secret, salt):
    ...
_FRESH: Any
_GUESSES: Any
class _Seen:
    secret: Any
    keys: Any
    wrong: Any
    lock: Any

    def __init__(self):
        ...

    def mark(self, key):
        ...

    def wait(self):
        ...
_MICRO: int
def micro(x) -> int:
    ...
class Writer:
    thread: Any
    state: State
    most: int
    queue: Any

    def __init__(self, state: State, most: int=64):
        ...

    def submit(self, piece) -> Future:
        ...

    def close(self):
        ...

    def _work(self):
        ...

    def _write(self, bundle):
        ...

    def _one_by_one(self, bundle, gone=None):
        ...
_MAIL: Any
_PHONE: Any
def scrub(text: str) -> str:
    ...
