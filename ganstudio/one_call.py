"""Functions of tensors that run as one call of the library, while the Python of other threads goes on.

Python runs in one thread at a time, and hands its lock on at every operation of the library. Two threads that
both start an operation every few microseconds wait for one another longer than they compute. TorchScript runs
the operations of a whole function without the lock, the same ones in the same order.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from threading import Lock, local
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor

Parameters = ParamSpec("Parameters")
Outcome = TypeVar("Outcome")

enabled = True  # off: one operation after the other, to compare with
_alone = Lock()
_thread = local()  # each thread's own


def in_one_call(function: Callable[Parameters, Outcome]) -> Callable[Parameters, Outcome]:
    """The function, compiled when it is first called with a tensor on the CPU in front.

    It has to be one that TorchScript understands. Elsewhere it runs as it stands: the library would merge
    operations on other devices, which changes the numbers.
    """
    compiled: Callable[Parameters, Outcome] | None = None

    @wraps(function)
    def call(*arguments: Parameters.args, **named: Parameters.kwargs) -> Outcome:
        nonlocal compiled
        first = arguments[0]
        if not enabled or not isinstance(first, Tensor) or first.device.type != "cpu":
            return function(*arguments, **named)
        if compiled is None:
            compiled = _compiled(function)
        if not hasattr(_thread, "as_written"):
            _thread.as_written = _as_written()
        return compiled(*arguments, **named)

    return call


def _as_written() -> ExitStack:
    """Let this thread run scripts as they are written, until the stack is closed.

    Optimised, a product that adds something becomes a product and a sum, which rounds otherwise. To say so at
    every call takes as long as an operation.
    """
    stack = ExitStack()
    stack.enter_context(torch.jit.optimized_execution(False))  # type: ignore[attr-defined]  # noqa: FBT003
    return stack


def _compiled(function: Callable[Parameters, Outcome]) -> Callable[Parameters, Outcome]:
    with _alone, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of TorchScript, without which it is only slower
        script: Any = getattr(torch.jit, "script", None)
        compiled: Callable[Parameters, Outcome] = function if script is None else script(function)
        return compiled
