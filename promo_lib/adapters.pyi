# Made by tools/stubs.py from the module beside it: do not edit.
from typing import Any
__all__ = ['adapt', 'merged', 'without_encoder']
import copy, warnings
from pathlib import Path
import torch
from fastcore.basics import patch
from torch import nn
from transformers import Trainer, TrainerCallback
from .core import UsageError, check_count
from .model import PromoNet
from .text import Encoder, quiet_transformers
from .train import PromoTrainer
def _through(layer, inputs, output):
    ...
def _bottlenecks(model, rank):
    ...
_UNKNOWN: Any
def _with_peft(model, method, rank, settings):
    ...
_ADAPTERS: tuple
class _AdaptedEncoder(Encoder):
    method: str

    def save(self, folder) -> Path:
        ...
def adapt(encoder: Encoder, method: str='lora', rank: int=8, seed: int=0, **settings) -> _AdaptedEncoder:
    ...
def merged(encoder: _AdaptedEncoder) -> Encoder:
    ...
class _Allocate(TrainerCallback):
    factors: Any
    penalty: Any
    model: Any

    def __init__(self, model, steps):
        ...

    def on_pre_optimizer_step(self, args, state, control, **kwargs):
        ...

    def on_optimizer_step(self, args, state, control, **kwargs):
        ...
def without_encoder(net: PromoNet) -> PromoNet:
    ...
