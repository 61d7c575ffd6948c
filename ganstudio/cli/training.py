"""What ``train`` and ``resume`` share: to follow a training, end it well, and say where everything is."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.cli.arguments import FAULT, INTERRUPTED
from ganstudio.cli.display import Display
from ganstudio.cli.interruption import Interruption
from ganstudio.cli.keeping import Keeper
from ganstudio.cli.say import complain, tell
from ganstudio.data.dataset import Progress
from ganstudio.diagnosis.findings import Diagnosed, Finding
from ganstudio.engine.events import Checkpoint, EditRefused, Finished, Reason, Snapshot, StateChanged, Trouble
from ganstudio.errors import UserError
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from ganstudio.threads import threads_without_window

if TYPE_CHECKING:
    import argparse

    from ganstudio.engine.trainer import Trainer
    from ganstudio.experiment.model import Experiment


def build(
    experiment: Experiment,
    arguments: argparse.Namespace,
    display: Display,
    interruption: Interruption,
    iterations: int,
    *,
    snapshot: Snapshot | None = None,
) -> Trainer:
    """Load the data and build everything; where torchrun started several processes, meet the others.

    Raises UserError for a mistake and for a machine that is too small, Cancelled on Ctrl-C.
    """
    from ganstudio.engine.crew import join, own_device
    from ganstudio.engine.trainer import Trainer  # takes a second or two: torch

    with display:
        device = own_device(arguments.device)
        crew = join(device)
        crew.agree(lambda: (experiment, snapshot, iterations))  # see assisting.assist
        trainer = Trainer(
            experiment,
            device=device,
            crew=crew,
            # A state that goes on keeps its own number.
            threads=arguments.threads or (None if snapshot else threads_without_window()),
            snapshot=snapshot,
            progress=_loading(display, interruption),
            control=interruption.control,
        )
    interruption.check()
    return trainer


def _loading(display: Display, interruption: Interruption) -> Progress:
    """A progress function that shows the loading of data and lets Ctrl-C end it."""

    def report(what: str, done: int, total: int) -> None:
        interruption.check()
        display.loading(what, done, total)

    return report


def cancelled() -> int:
    """Say that Ctrl-C came before training; returns the exit status."""
    complain("Stopped before training began; nothing was changed.")
    return INTERRUPTED


def follow(
    trainer: Trainer,
    keeper: Keeper,
    iterations: int,
    display: Display,
    interruption: Interruption,
    known: Iterable[Finding] = (),
) -> Reason:
    """Train, diagnose, keep and show everything; ``known`` are findings of before that still hold."""
    from ganstudio.diagnosis.diagnosis import diagnosed  # scipy takes its time
    from ganstudio.evaluation.beside import judged

    reason: Reason = "failed"
    announced = False
    for event in diagnosed(judged(trainer, iterations), trainer.experiment, known):
        keeper.keep(event)
        display.handle(event)
        if isinstance(event, Diagnosed):
            display.note(event.words)
        if isinstance(event, (Trouble, EditRefused)):
            complain(event.sentence)
        if isinstance(event, StateChanged) and event.state == "paused":
            display.note(
                f"Paused at iteration {event.iteration}; ganstudio send "
                f"{shlex.quote(str(keeper.session.path))} resume goes on."
            )
        if isinstance(event, Finished):
            reason = event.reason
        if interruption.requested and not announced and not isinstance(event, (Checkpoint, Finished)):
            announced = True
            display.note("Stopping after this step and saving; press Ctrl-C again to leave at once.")
    return reason


def train_session(
    trainer: Trainer,
    recorder: Recorder,
    iterations: int,
    display: Display,
    interruption: Interruption,
    rescue: Path | None = None,
) -> int:
    """Train a session and say how it went; returns the exit status.

    ``rescue`` is where training goes on when the session's own folder takes no more.
    """
    target = trainer.iteration + iterations
    keeper = Keeper(recorder, rescue)
    try:
        with recorder, display:
            known = recorder.session.findings(trainer.iteration)
            reason = follow(trainer, keeper, iterations, display, interruption, known)
            keeper.settle()
    except UserError as error:
        complain(f"{error} What was saved before is kept.")
        return FAULT
    finally:
        trainer.leave()
    return _tell_end(reason, trainer, recorder.session, target) or (FAULT if keeper.moved else 0)


def _tell_end(reason: Reason, trainer: Trainer, session: Session, target: int) -> int:
    """Say how training ended and where everything is; returns the exit status."""
    iteration = max(session.checkpoints(), default=0)
    if reason == "failed":
        tell(f"The last good state, of iteration {iteration}, is kept in {session.path}")
        return FAULT
    if reason == "stopped":
        tell(f"Stopped and saved at iteration {iteration}.")
    else:
        tell(f"Trained to iteration {iteration} in {trainer.clock.seconds():.1f} s.")
    tell(f"Session: {session.path}")
    if pictures := session.samples():
        tell(f"Samples: {pictures[-1]}")
    if reason == "stopped":
        tell(
            f"Go on with: ganstudio resume {shlex.quote(str(session.path))} --iterations {target - iteration}"
        )
        return INTERRUPTED
    return 0
