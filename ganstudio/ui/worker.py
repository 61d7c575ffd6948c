"""Training in a thread of its own.

Builds the trainer, writes the session and leaves events in the mailbox.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Flag
from typing import Any, Literal, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from ganstudio.data.dataset import Progress
from ganstudio.engine.control import Control, StepSize
from ganstudio.engine.events import Checkpoint, Event, Finished, Snapshot, Trouble
from ganstudio.errors import Cancelled, ExperimentError, Issue, UserError
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from ganstudio.ui.differences import live_differences
from ganstudio.ui.keeping import Keeper, Wish
from ganstudio.ui.mailbox import Loading, Mailbox, SessionReady


class Trainable(Protocol):
    """What the worker needs of ``ganstudio.engine.trainer.Trainer``."""

    @property
    def iteration(self) -> int:
        """Completed generator updates."""
        ...

    def run(self, iterations: int) -> Iterator[Event]:
        """Train for that many more iterations."""
        ...


class TrainerFactory(Protocol):
    """Builds a trainer: loads the data, makes the networks, restores the snapshot."""

    def __call__(
        self,
        experiment: Experiment,
        *,
        device: str,
        snapshot: Snapshot | None,
        progress: Progress,
        control: Control,
    ) -> Trainable:
        """Raise UserError or ExperimentError for mistakes, and Cancelled when ``progress`` raises it."""
        ...


def engine_trainer(experiment: Experiment, **arguments: Any) -> Trainable:
    """Build the engine's trainer. Imports torch, so it is called in the worker's thread only."""
    from ganstudio.engine.trainer import Trainer
    from ganstudio.evaluation.beside import JudgedTrainer

    return JudgedTrainer(Trainer(experiment, **arguments))


@dataclass(frozen=True)
class Job:
    """What to train and how to reach into it.

    ``session`` is the session that training goes on with: from its latest checkpoint, with the live settings
    of ``experiment`` as edits. Where there is none, a new one is created at ``new_session()`` once the data
    are loaded, so that a mistake leaves nothing behind. With ``first`` only that step is taken, then training
    pauses.
    """

    experiment: Experiment
    iterations: int
    device: str
    session: Session | None
    new_session: Callable[[], Path]
    first: StepSize | None = None
    control: Control = field(default_factory=Control)
    cancelled: Flag = field(default_factory=Flag)
    discarded: Flag = field(default_factory=Flag)  # from now on no checkpoint is kept
    wishes: SimpleQueue[Wish] = field(default_factory=SimpleQueue)
    factory: TrainerFactory = engine_trainer


@dataclass(frozen=True)
class Outcome:
    """How a job ended; ``issues`` are the settings that were refused."""

    reason: Literal["finished", "stopped", "failed", "cancelled", "refused", "abandoned"]
    issues: tuple[Issue, ...] = ()


def _begun_with(job: Job, snapshot: Snapshot | None) -> Experiment:
    """The experiment as it was where training goes on: edits after the latest checkpoint are forgotten."""
    if job.session is None:
        return job.experiment
    return parse(snapshot.numbers["experiment"]) if snapshot else job.session.experiment


class Worker(QObject):
    """Does one job. It lives in the job's thread; ``finished`` carries the Outcome whatever happens."""

    finished = Signal(object)

    def __init__(self, job: Job, mailbox: Mailbox) -> None:
        super().__init__()
        self._job = job
        self._mailbox = mailbox
        self._iteration = 0

    @Slot()
    def work(self) -> None:
        """Do the job."""
        outcome = Outcome("failed")
        try:
            outcome = self._train()
        except Cancelled:
            outcome = Outcome("cancelled")
        except ExperimentError as error:
            self._report(str(error))
            outcome = Outcome("refused", error.issues)
        except UserError as error:
            self._report(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the window must hear of it
            self._report(
                f"Training stopped because of a fault in the program ({type(error).__name__}: {error}). "
                "The session keeps its last checkpoint.",
                traceback.format_exc(),
            )
        finally:
            self.finished.emit(outcome)

    def _train(self) -> Outcome:
        job = self._job
        snapshot = job.session.latest_snapshot() if job.session else None
        experiment = _begun_with(job, snapshot)
        for path, value in live_differences(experiment, job.experiment):
            job.control.edit(path, value)
        if job.first is not None:
            job.control.step(job.first)
        self._progress("Preparing", 0, 0)
        from ganstudio.diagnosis.diagnosis import diagnosed  # scipy takes its time

        trainer = job.factory(
            experiment,
            device=job.device,
            snapshot=snapshot,
            progress=self._progress,
            control=job.control,
        )
        self._progress("Preparing", 0, 0)  # the last chance to cancel before anything is written
        session = job.session or Session.create(job.new_session(), job.experiment)
        reason: Literal["finished", "stopped", "failed"] = "failed"
        with Recorder(session, job.control) as recorder:
            self._mailbox.put(SessionReady(trainer.iteration, session))
            keeper = Keeper(recorder, self._mailbox, job.wishes, job.discarded)
            known = session.findings(trainer.iteration)
            for event in diagnosed(trainer.run(job.iterations), experiment, known):
                self._iteration = event.iteration
                if isinstance(event, Checkpoint) and job.discarded.is_set():
                    continue
                keeper.keep(event)
                self._mailbox.put(event)
                if isinstance(event, Finished):
                    reason = event.reason
            keeper.settle()
            if job.discarded.is_set():
                with suppress(UserError):  # the person knows
                    recorder.close()
        return Outcome("abandoned" if job.discarded.is_set() and reason == "stopped" else reason)

    def _progress(self, what: str, done: int, total: int) -> None:
        if self._job.cancelled.is_set():
            raise Cancelled
        self._mailbox.put(Loading(self._iteration, what, done, total))

    def _report(self, sentence: str, detail: str = "") -> None:
        self._mailbox.put(Trouble(self._iteration, sentence, detail))
