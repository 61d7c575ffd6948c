"""What a backward pass is asked for, where an operation of our own cannot see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_inputs_alone: ContextVar[bool] = ContextVar("inputs_alone", default=False)


@contextmanager
def inputs_alone() -> Iterator[None]:
    """Around a backward pass of this thread that is asked for no weight's gradient.

    The library's own operations know that they need not compute one; ours are told so.
    """
    token = _inputs_alone.set(True)
    try:
        yield
    finally:
        _inputs_alone.reset(token)


def wants_weights() -> bool:
    """Whether the backward pass that is under way may be asked for the gradients of weights."""
    return not _inputs_alone.get()
