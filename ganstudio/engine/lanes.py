"""Where the penalty of a critic step is computed: in its turn, or beside the scores on another core."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeVar

import torch

Outcome = TypeVar("Outcome")
Wait = Callable[[], Outcome]


class Lane(Protocol):
    """Takes work and gives back a function that waits for what comes of it."""

    is_beside: bool  # whether the work is done while whoever began it computes on

    def begin(self, work: Callable[[], Outcome]) -> Wait[Outcome]:
        """Begin the work or note it; the function returned yields its outcome or raises its error."""


class Inline:
    """Does the work in its turn."""

    is_beside = False

    def begin(self, work: Callable[[], Outcome]) -> Wait[Outcome]:
        """The work is done when its outcome is waited for."""
        return work


class Beside:
    """Does the work in a thread of its own that computes on one core; it ends when this object goes.

    The library shares a small matrix product among threads at a loss; two halves of a step that do not need
    one another's numbers are shared at a gain. What the halves compute is the same to the last bit.
    """

    is_beside = True

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Any] = SimpleQueue()
        Thread(target=_work, args=(self._tasks,), name="penalty", daemon=True).start()
        weakref.finalize(self, self._tasks.put, None)

    def begin(self, work: Callable[[], Outcome]) -> Wait[Outcome]:
        """The work begins in the other thread."""
        reply: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        self._tasks.put((work, reply))

        def wait() -> Outcome:
            outcome, error = reply.get()
            if error is not None:
                raise error
            found: Outcome = outcome
            return found

        return wait


def _work(tasks: SimpleQueue[Any]) -> None:
    torch.set_num_threads(1)  # of this thread, and of matrix products in all; so it is in the other half
    while (task := tasks.get()) is not None:
        work, reply = task
        try:
            reply.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
            reply.put((None, error))
        del task, work, reply  # what they hold is not kept until the next one comes
