# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['SCENARIOS', 'Market', 'make_market', 'make_markets', 'toy_market', 'Scenario', 'PacingState', 'Simulator', 'PromoBudgetEnv']
import hashlib, json
from dataclasses import asdict, dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
import gymnasium as gym
import numpy as np
import pandas as pd
from fastcore.basics import patch
from .core import UsageError, atomic, check_number, kernel, rng
from .data import KEY, SCORES, check_scores
from .features import add_features
from .scores import cache_folder, code_hash, fingerprint, fit_in_time
from .money import Money, add_rates, add_value
def _visits(data, campaigns, before: int=28, after: int=28) -> pd.DataFrame:
    ...
def _starts(data):
    ...
def _smooth(x, days=7):
    ...
def _per_day(age, horizon):
    ...
def _response_times(data, seen, horizon: int=28) -> tuple:
    ...
_ASKED: Any
def _shortlist(user: np.ndarray, v: np.ndarray, c: np.ndarray) -> np.ndarray:
    ...
_SEGMENTS: int
_GRID: Any
@dataclass
class Market:
    v: np.ndarray
    c: np.ndarray
    p: np.ndarray
    segment: np.ndarray
    campaign: np.ndarray
    now: np.ndarray
    before: np.ndarray
    during: np.ndarray
    hazard: np.ndarray
    delay: np.ndarray
    spread: float
    profile: np.ndarray
    names: tuple
    n_segments: Any
    _tables: Any

    @property
    def horizon(self):
        ...

    def tables(self) -> tuple:
        ...

    @classmethod
    def campaigns_in_time(cls, data, least: int=10) -> tuple:
        ...

    def save(self, path) -> None:
        ...

    @classmethod
    def load(cls, path) -> Market:
        ...

    @classmethod
    def profile_of(cls, data, channel: str | None=None, horizon: int=28) -> np.ndarray:
        ...

    def as_forecast(self, horizon: int | None=None) -> Market:
        ...

    def first_morning(self, scenario='stationary', budget: float | None=None) -> PacingState:
        ...
def _tabulate(v, c, group, n, grid, spend, value):
    ...
def _miss_spread(frame: pd.DataFrame) -> float:
    ...
def _segmented(scores, seen):
    ...
def _customers(scores, seen, money, offers):
    ...
def _scores_of(scores, campaigns):
    ...
def _hazards(data, seen, horizon, campaigns, trust=30):
    ...
def _at_visits(who, seen, campaigns):
    ...
def _count(frame, shape, *columns):
    ...
def _days(during, data, campaigns):
    ...
def _market_of(c, rows, came, data, seen, campaigns, horizon):
    ...
def make_market(data, scores: pd.DataFrame, campaigns, *, horizon: int=28, money: Money | None=None, profile=None) -> Market:
    ...
def _small_scores(data, campaigns, learn, seed):
    ...
def _given_scores(data, scores, campaigns):
    ...
def _digest(frame):
    ...
def _market_key(data, campaigns, horizon, seed, money, given):
    ...
def make_markets(data, *, horizon: int=28, seed: int=0, cache=None, scores: pd.DataFrame | None=None, money: Money | None=None) -> tuple:
    ...
def _toy_offers(r, n):
    ...
def toy_market(n: int=200, horizon: int=28, seed: int=0) -> Market:
    ...
@dataclass(frozen=True)
class Scenario:
    name: str = ...
    horizon: int = ...
    traffic: float = ...
    budget: float = ...
    daily: bool = ...
    shock: float = ...
    drift: float = ...
    bias: float = ...
    competitor: float = ...
    delay: bool = ...
    log: bool = ...

    def __post_init__(self):
        ...

    @classmethod
    def of(cls, scenario, **changes) -> Scenario:
        ...
SCENARIOS: Any
def _stretch(x, T):
    ...
def _window(r, n, T, days):
    ...
def _curves(market, k, T, r, vary):
    ...
def _wander(r, n, T, vary):
    ...
def _traffic(market, scenario, k, T):
    ...
def _draw_truth(market: Market, scenario: Scenario, k: np.ndarray, r: np.random.Generator, vary: float=0.0) -> tuple:
    ...
_X0: Any
_STEP: Any
def _at(row, x, x0, step):
    ...
def _resolve(spend, k, w, m, left, x0, step, price):
    ...
def _resolve_price(spend: np.ndarray, k: np.ndarray, w: np.ndarray, m: np.ndarray, left: np.ndarray) -> np.ndarray:
    ...
def _serve(kind, start, t, T, v, c, p, segment, price, f, left, users, told, gain, hope):
    ...
@dataclass
class PacingState:
    day: int
    horizon: int
    budget: np.ndarray
    left: np.ndarray
    base: np.ndarray
    worth: np.ndarray
    k: np.ndarray
    spend: np.ndarray
    value: np.ndarray
    daily: np.ndarray
    users: np.ndarray
    last: np.ndarray
    due: np.ndarray
    seen: np.ndarray
    spent: np.ndarray
    price: np.ndarray
    peak: np.ndarray
    since: np.ndarray
    recent: np.ndarray
    open: np.ndarray

    @property
    def past(self):
        ...

    @property
    def future(self):
        ...

    def __len__(self):
        ...

    def morning(self, row: int=0, day: int=0, left: float | None=None, customers: float | None=None, redeemed: float=0.0, predicted: float=0.0) -> PacingState:
        ...

    def response_belief(self, a: float=...) -> np.ndarray:
        ...

    def traffic_belief(self, days: float=1.0) -> np.ndarray:
        ...

    def need(self, w: np.ndarray, m: np.ndarray, price: np.ndarray, table=None) -> np.ndarray:
        ...

    def resolve_price(self, w: np.ndarray, m: np.ndarray=1.0) -> np.ndarray:
        ...

    def observe(self) -> np.ndarray:
        ...
class Simulator:
    scenarios: Any
    vary: Any
    fixed: Any
    round: Any
    market: Market
    n: Any
    seed: int
    T: Any
    pool: Any
    size: Any
    first: Any
    k: Any
    _answers: Any
    _rate: Any
    _f: Any
    start: Any
    kind: Any
    _q: Any
    earned: Any
    state: Any
    _late: Any
    _due: Any
    _hit: Any
    _open: Any
    _sent: Any
    _week: Any

    def __init__(self, market: Market, scenarios='stationary', n: int=1, seed: int=0, budget: float | None=None, vary: float=0.0):
        ...

    def _pools(self):
        ...

    @classmethod
    def serve_slowly(cls, kind: list, v: list, c: list, segment: list, price: list, f: list, left: float) -> tuple:
        ...

    def reset(self, seed: int | None=None) -> PacingState:
        ...

    def _draw(self, r):
        ...

    def _promise(self, which):
        ...

    def _first(self, which):
        ...

    def _prices(self, price):
        ...

    def step(self, price, cap=...) -> tuple:
        ...

    def _next_morning(self, x, users, due, seen, spent):
        ...

    def _later(self, t, told, gain):
        ...

    def optimum(self, left=None, day: int=0) -> tuple:
        ...

    def right_prices(self, left: np.ndarray, day: int) -> np.ndarray:
        ...

    def share(self) -> np.ndarray:
        ...
def _read(table, k, price):
    ...
def _total(kind, start, e, t0, T, v, c, segment, f, price):
    ...
def _bounds(kind, start, t0, T, v, c, segment, f, B, bound, price):
    ...
_TRUST: float
def _log_ratio(a, b):
    ...
_FACTORS: Any
def _space(action, n=None):
    ...
def _price_of(space, base, action):
    ...
class PromoBudgetEnv(gym.Env):
    metadata: dict
    factors: Any
    neutral: Any
    _sims: Any
    observation_space: Any
    action_space: Any
    render_mode: Any
    sim: Any

    def __init__(self, market: Market | None=None, scenario='stationary', action: str='factor', budget: float | None=None, vary: float=0.0, render_mode: str | None=None):
        ...

    def reset(self, *, seed=None, options=None):
        ...

    def step(self, action):
        ...

    def render(self):
        ...
class _PromoBudgetVector(gym.vector.VectorEnv):
    metadata: dict
    single_observation_space: Any
    observation_space: Any
    num_envs: int
    single_action_space: Any
    action_space: Any
    sim: Any
    over: Any

    def __init__(self, num_envs: int=1, market: Market | None=None, scenario='stationary', action: str='factor', budget: float | None=None, vary: float=0.0, **_):
        ...

    def reset(self, *, seed=None, options=None):
        ...

    def step(self, actions):
        ...
