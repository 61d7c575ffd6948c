"""Judges the images of a training while it goes on, in a thread of its own.

The thread has its own generator, into which the weights of the moment are copied, draws from no global
random generator and computes on one core at low priority: what is trained stays as it is to the last bit. One
evaluation is under way at a time; one that falls due meanwhile is left out.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ganstudio.engine.build import draw_latents
from ganstudio.engine.classes import row_labels
from ganstudio.engine.events import Evaluated, EvaluationDue, Event, Finished, Trouble
from ganstudio.engine.seeds import stream
from ganstudio.engine.state import load_network
from ganstudio.errors import Cancelled, UserError
from ganstudio.evaluation.evaluate import Reference, Request, judge
from ganstudio.probes.samples import draw_samples

if TYPE_CHECKING:
    from ganstudio.engine.trainer import Trainer

SAMPLES = 500  # generated, and as many real ones
SEARCHED = 2000  # training images among which nearest ones are searched
LAST_SECONDS = 20.0  # how long the end of a training waits for its last figures
LOOK_SECONDS = 0.05  # between two looks whether they have come
LEAVE_SECONDS = 2.0  # how long a cancelled thread is waited for
NICE = 10


def judged(trainer: Trainer, iterations: int) -> Iterator[Event]:
    """Train for that many iterations more: the events of ``trainer.run``, and figures of images as they come.

    An Evaluated tells the iteration of the weights that were judged, which lies before that of the events
    around it. Where training comes to its end the last figures are waited for, 20 seconds at most and not
    once a stop is asked for; where it was stopped or has failed they are dropped.
    """
    evaluator: BackgroundEvaluator | None = None
    try:
        for event in trainer.run(iterations):
            if isinstance(event, EvaluationDue):
                evaluator = evaluator or BackgroundEvaluator(trainer)
                evaluator.offer(event)
                continue
            if evaluator is not None:
                if isinstance(event, Finished) and event.reason == "finished":
                    evaluator.finish()
                yield from evaluator.results()
            yield event
    finally:
        if evaluator is not None:
            evaluator.cancel()


class JudgedTrainer:
    """A trainer whose events hold figures of images, too."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    @property
    def iteration(self) -> int:
        """Completed generator updates."""
        return self._trainer.iteration

    def run(self, iterations: int) -> Iterator[Event]:
        """Train for that many iterations more, as ``judged``."""
        return judged(self._trainer, iterations)


class BackgroundEvaluator:
    """Its methods belong to the thread that trains, and are called between two steps."""

    def __init__(self, trainer: Trainer) -> None:
        players = trainer.players
        # A copy, not a network built anew: building draws from the global random generator.
        self._generator = deepcopy(players.shown_generator).to("cpu").requires_grad_(requires_grad=False)
        self._experiment = trainer.experiment
        self._class_count = len(trainer.class_names)
        self._reference = Reference(trainer.dataset, trainer.held_out)
        self._control = trainer.control
        self._found: SimpleQueue[Event] = SimpleQueue()
        self._cancelled = Flag()
        self._thread: Thread | None = None
        self._last: EvaluationDue | None = None  # waits for the one before it
        self._taken = -1  # iteration of the weights that were taken last
        self._is_broken = False  # it would fail again

    @property
    def is_busy(self) -> bool:
        """Whether an evaluation is under way."""
        return self._thread is not None and self._thread.is_alive()

    def offer(self, due: EvaluationDue) -> None:
        """Judge these weights, unless others are being judged; the last ones of a training wait for that."""
        if self._is_broken or due.iteration == self._taken:
            return
        if self.is_busy:
            self._last = due if due.is_last else None
            return
        self._taken = due.iteration
        self._thread = Thread(target=self._work, args=(due,), name="evaluation", daemon=True)
        self._thread.start()

    def results(self) -> list[Event]:
        """What has come since the last call."""
        found = []
        with suppress(Empty):
            while True:
                found.append(self._found.get_nowait())
        return found

    def finish(self) -> None:
        """Wait for what is under way and for the last weights, within the time and until a stop is asked."""
        left = LAST_SECONDS
        while left > 0 and not self._control.stop_wanted.is_set():
            if not self.is_busy:
                due, self._last = self._last, None
                if due is None:
                    return
                self.offer(due)
            if self._thread is not None:
                self._thread.join(LOOK_SECONDS)
            left -= LOOK_SECONDS

    def cancel(self) -> None:
        """Drop what is under way; it ends at its next report of progress."""
        self._cancelled.set()
        if self._thread is not None:
            self._thread.join(LEAVE_SECONDS)

    def _work(self, due: EvaluationDue) -> None:
        try:
            with modestly():
                self._found.put(self._evaluate(due))
        except Cancelled:
            return
        except UserError as error:
            self._fail(due.iteration, f"Samples are no longer judged while training: {error}")
        except Exception as error:  # noqa: BLE001 - whatever it is, training goes on and the person hears of it
            sentence = (
                "Samples are no longer judged while training, because of a fault in the program "
                f"({type(error).__name__}: {error})."
            )
            self._fail(due.iteration, sentence, traceback.format_exc())
        self._control.nudge()

    def _fail(self, iteration: int, sentence: str, detail: str = "") -> None:
        self._is_broken = True
        self._found.put(Trouble(iteration, sentence, detail, fatal=False))

    def _evaluate(self, due: EvaluationDue) -> Evaluated:
        load_network(self._generator, due.weights)
        # Always the same latents and real images, so that curves are not noisy.
        request = Request(samples=SAMPLES, seeds=(self._experiment.seed,), searched=SEARCHED)
        figures, facts = judge(self._draw, self._reference, request, progress=self._progress)
        return Evaluated(due.iteration, figures, facts)

    def _draw(self, count: int, seed: int) -> NDArray[np.float32]:
        """The same as ``ganstudio.engine.sampling.sample`` of a saved state."""
        latents = draw_latents(self._experiment, count, stream(seed, "samples"), torch.device("cpu"))
        labels = row_labels(count, self._class_count)
        drawn: NDArray[np.float32] = draw_samples(self._generator, latents, labels).numpy()
        return drawn

    def _progress(self, _what: str, _done: int, _total: int) -> None:
        if self._cancelled.is_set():
            raise Cancelled


@contextmanager
def modestly() -> Iterator[None]:
    """Let this thread, which is given up afterwards, compute on one core and after training and window.

    Priorities of single threads exist on Linux only.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICE)
    torch.get_num_threads()  # torch sets the number of a new thread at its first use, so that comes first
    with threadpool_limits(1, user_api="openmp"):  # of this thread alone, unlike torch's own setting
        yield
