# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['AGENTS', 'Policy', 'make_agent', 'play', 'agent_learning_curve', 'PacingLog', 'Sb3', 'simulate', 'Comparison', 'schedule_campaign']
import hashlib, importlib.util, json, re
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
import numpy as np
import pandas as pd
from fastcore.basics import patch
from .core import PALETTE, UsageError, atomic, file_name, progress, rng
from .money import Money
from .scores import cache_folder, code_hash
from .env import Market, PacingState, PromoBudgetEnv, Scenario, Simulator, make_market
_FACTORS: Any
_NEUTRAL: Any
_SEGMENTS: Any
_FIELDS: Any
@dataclass
class _Action:
    price: np.ndarray
    reason: str
    cap: float = ...
class Policy:
    name: str
    trained_on: int

    def prices(self, state: PacingState) -> np.ndarray:
        ...

    def cap(self, state: PacingState) -> float:
        ...

    def __repr__(self):
        ...

    def act(self, state: PacingState) -> _Action:
        ...

    def _reason(self, state, x):
        ...

    def save(self, path, **about) -> None:
        ...

    @classmethod
    def load(cls, path) -> Policy:
        ...
def _check_state(state):
    ...
def _seen_so_far(state):
    ...
AGENTS: dict
def make_agent(name: str, **settings) -> Policy:
    ...
@dataclass
class _Run:
    name: str
    share: np.ndarray
    spent: np.ndarray
    price: np.ndarray
    budget: np.ndarray

    def steps(self, episode: int=0, plan=None, unit: str='', title: str | None=None) -> dict:
        ...
def play(policy: Policy, sim: Simulator, seed: int | None=None) -> _Run:
    ...
def _interval(x, n_boot=1000, seed=0):
    ...
def compare_agents(policies: list, sim: Simulator, seed: int=0) -> pd.DataFrame:
    ...
class _Greedy(Policy):
    name: str

    def prices(self, state):
        ...
class _Uniform(_Greedy):
    name: str

    def cap(self, state):
        ...
class _Fixed(Policy):
    name: str

    def prices(self, state):
        ...
class _Mpc(Policy):
    name: str

    def prices(self, state):
        ...
class _Pid(Policy):
    name: str
    gains: Any
    _sum: Any
    _last: Any

    def __init__(self, p: float=4.0, i: float=0.2, d: float=0.0):
        ...

    def prices(self, state):
        ...
def _pooled_belief(state: PacingState, a: float=16.0, b: float=8.0) -> np.ndarray:
    ...
class _CalibratedMpc(Policy):
    name: str

    def prices(self, state):
        ...
_KINDS: tuple
def _nearby(a: np.ndarray, reach: int, n: int) -> np.ndarray:
    ...
def _next_value(kind: str, q: np.ndarray, a: np.ndarray, eps: float, other: np.ndarray | None=None, reach: int | None=None) -> np.ndarray:
    ...
_EDGES: Any
_TIMES: int
def _cells(state: PacingState) -> np.ndarray:
    ...
def _potential(state: PacingState) -> np.ndarray:
    ...
_REACH: int
class _Learner(Policy):
    shaped: bool
    trained_on: Any
    r: Any
    eps: Any

    def train(self, sim: Simulator, steps: int=40000, seed: int=0, watch=None):
        ...

    def gain(self, before: PacingState, r: np.ndarray, after: PacingState) -> np.ndarray:
        ...

    def explore(self, a: np.ndarray) -> np.ndarray:
        ...
class _Tabular(_Learner):
    name: Any
    kind: str
    lam: float
    alpha: float
    shaped: bool
    Q: Any
    Q2: Any
    visits: Any
    visits2: Any
    _best: Any

    def __init__(self, kind: str='q', lam: float=0.0, alpha: float=0.8, shaped: bool=True):
        ...

    def values(self, s):
        ...

    def prices(self, state):
        ...

    def best(self, s) -> np.ndarray:
        ...

    def learn(self, s, a, target, first=None):
        ...

    def _coin(self, n):
        ...

    def episode(self, sim: Simulator, seed=None):
        ...

    def _next(self, s, a, first):
        ...

    def plot(self, axes=None) -> object:
        ...
_ORDER: Any
def _blur(x: np.ndarray) -> np.ndarray:
    ...
def agent_learning_curve(agent: _Learner, sim: Simulator, test: Simulator, steps: int=40000, points: int=8, seed: int=0, test_seed: int=1000) -> pd.DataFrame:
    ...
def _shaping(r, phi, phi_next, gamma: float=1.0):
    ...
def _heat_map(ax, x, title, **how):
    ...
def _basis(obs: np.ndarray) -> np.ndarray:
    ...
class _Linear(_Learner):
    name: str
    ridge: float
    W: Any
    A: Any
    b: Any

    def __init__(self, ridge: float=1.0):
        ...

    def values(self, obs):
        ...

    def best(self, obs):
        ...

    def prices(self, state):
        ...

    def episode(self, sim: Simulator, seed=None):
        ...

    def _solve(self, past):
        ...
def _make_net(sizes: list, seed: int=0, zero: bool=False):
    ...
def _weights_of(net):
    ...
def _forward(weights, x):
    ...
class _Neural(_Learner):
    name: str
    seed: int
    net: Any
    slow: Any
    weights: Any
    memory: Any
    opt: Any

    def __init__(self, hidden: int=48, seed: int=0):
        ...

    def best(self, obs):
        ...

    def prices(self, state):
        ...

    def episode(self, sim, seed=None):
        ...

    def fit(self, updates: int, batch: int=256):
        ...
_HINTS: tuple
def _shrunk(a, b, trust):
    ...
def _hints(state: PacingState) -> np.ndarray:
    ...
class _HindsightAgent(_Learner):
    name: str
    net: Any
    weights: Any
    hidden: int
    seed: int
    opt: Any
    X: Any
    Y: Any

    def __init__(self, hidden: int=32, seed: int=0):
        ...

    def correction(self, x):
        ...

    def prices(self, state):
        ...

    def episode(self, sim, seed=None):
        ...

    def fit(self, updates: int=60, batch: int=2048):
        ...
def plot_spend(runs: list, episode: int | None=None, ax=None) -> object:
    ...
class _Thompson(Policy):
    name: str
    a: float
    seed: int
    r: Any

    def __init__(self, a: float=16.0, seed: int=0):
        ...

    def factors(self, state):
        ...

    def prices(self, state):
        ...
class _LinUcb(_Thompson):
    name: str
    a: float
    beta: float

    def __init__(self, a: float=16.0, beta: float=0.3):
        ...

    def factors(self, state):
        ...
@dataclass
class PacingLog:
    obs: np.ndarray
    a: np.ndarray
    r: np.ndarray
    chance: np.ndarray
    base: np.ndarray
    spent: np.ndarray = ...
    fields: Any

    @classmethod
    def record(cls, policy, sim: Simulator, eps: float=0.4, batches: int=4, seed: int=0) -> PacingLog:
        ...

    def value_of(self, policy, eps: float=0.1) -> tuple:
        ...
class _FittedQ(Policy):
    best: Any
    name: Any
    weights: Any
    alpha: float
    hidden: int
    seed: int
    trained_on: Any

    def __init__(self, alpha: float=0.0, hidden: int=48, seed: int=0):
        ...

    def _net(self):
        ...

    def prices(self, state):
        ...

    def fit(self, log: PacingLog, rounds: int=28, updates: int=40):
        ...

    def train(self, sim: Simulator, steps: int=40000, seed: int=0, watch=None):
        ...
def _flat(x):
    ...
_SB3: Any
class Sb3(Policy):
    algorithm: str
    seed: int
    name: Any
    model: Any
    trained_on: Any

    def __init__(self, algorithm: str='DQN', seed: int=0):
        ...

    def best(self, obs):
        ...

    def prices(self, state):
        ...

    def train(self, sim: Simulator, steps: int=40000, watch=None, every: int=2800):
        ...
_FORMAT: int
_KEPT: Any
def _read_policy(path):
    ...
def simulate(learn: Market, held: Market, scenario='stationary', agents: list=..., *, budget: float | None=None, episodes: int=200, steps: int=40000, seed: int=0) -> tuple:
    ...
def _check_day(one, day, left):
    ...
@dataclass
class Comparison:
    policies: dict
    first: PacingState
    campaigns: list
    best: str
    index: str

    @classmethod
    def check_free(cls, folder) -> Path:
        ...

    @classmethod
    def save(cls, folder, table: pd.DataFrame, policies: list, market: Market, scenario, budget: float | None=None, runs: list | None=None) -> Path:
        ...

    @classmethod
    def load(cls, folder) -> Comparison:
        ...
def _arrays(first):
    ...
def _read_index(folder):
    ...
@dataclass
class _Schedule:
    agent: Policy
    first: _Action
    table: pd.DataFrame
    came: pd.DataFrame
    market: Market
_SHARES: tuple
def _futures(market, **changes):
    ...
def _agent_key(market, steps, seed):
    ...
def _kept_agent(ahead: Market, steps: int, seed: int, cache=None) -> Policy:
    ...
def _spending(run):
    ...
def schedule_campaign(data, scores: pd.DataFrame, campaign, budget: float, *, horizon: int=28, steps: int=20000, seed: int=0, money: Money | None=None, cache=None) -> _Schedule:
    ...
