"""Training, without its widgets: begun, steered, saved and ended in a thread beside the window."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from ganstudio.engine.control import Control, StepSize
from ganstudio.engine.events import Edited, Evaluated, Event, Metrics, Started, StateChanged, Trouble
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.session.lock import in_use
from ganstudio.session.session import Session
from ganstudio.ui.differences import is_same_training
from ganstudio.ui.following import Following
from ganstudio.ui.mailbox import Saved, SessionReady
from ganstudio.ui.memory import Memory
from ganstudio.ui.progress import PaceMeter
from ganstudio.ui.runner import Runner
from ganstudio.ui.saving import SaveWatch
from ganstudio.ui.turns import Turns
from ganstudio.ui.worker import Job, Outcome, TrainerFactory, engine_trainer


class RunState(Enum):
    """What training is doing."""

    IDLE = "idle"
    LOADING = "loading"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


class Training(QObject):
    """Trains the experiment that is worked on. All methods belong to the GUI thread."""

    state_changed = Signal(object)  # RunState
    session_changed = Signal(object)  # Session or None
    received = Signal(object)  # list[Event], in order
    refused = Signal(object)  # tuple[Issue, ...]: settings that training refused
    said = Signal(str)  # one sentence for the status bar
    ended = Signal(object)  # Outcome of a job; the state is idle again

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        memory: Memory | None = None,
        factory: TrainerFactory = engine_trainer,
    ) -> None:
        super().__init__(parent)
        self.state = RunState.IDLE
        self.session: Session | None = None
        self.experiment: Experiment | None = None  # what the form holds; None while it holds a mistake
        self.kept = self._launched = Experiment()  # settings that lie in the session, or are the preset's own
        self.meter = PaceMeter()
        self.saves = SaveWatch()
        self.memory = memory or Memory()
        self._factory = factory
        self._runner = Runner(self)
        self._runner.drained.connect(self._on_drained)
        self._runner.finished.connect(self._on_finished)
        self.history = Turns(self)  # stored events that wait to be shown
        self.history.due.connect(self.received)
        self.following = Following(self)
        self._stage_seconds: float | None = None  # None at full speed
        self._when_idle: Callable[[], object] | None = None

    # Training

    def start(self, iterations: int, device: str = "auto", *, first: StepSize | None = None) -> None:
        """Train for that many more iterations, or only take the ``first`` step and pause.

        An unchanged session goes on from its latest checkpoint; other settings begin a new one.
        """
        if self.state is not RunState.IDLE or self.experiment is None:
            return
        session = self.session if self.goes_on() else None
        if session is None and self.session is not None:
            self.said.emit("The settings have changed, so a new session begins.")
        if session is not None and (sentence := in_use(session.path)):
            self.trouble(f"{sentence} It can be trained here once that has ended; a fork can be trained now.")
            return
        name = self.experiment.name
        self._launch(
            Job(
                self.experiment,
                iterations,
                device,
                session,
                lambda: self.memory.new_session(name),
                first,
                factory=self._factory,
            )
        )

    def pause(self) -> None:
        """Wait between two steps."""
        if control := self._control:
            control.pause()

    def resume(self) -> None:
        """Go on after a pause."""
        if control := self._control:
            control.resume()

    def step(self, size: StepSize) -> None:
        """Take one step, then pause."""
        if self._job:
            self._job.control.step(size)

    def stop(self) -> None:
        """Finish the step, save, and end; while data are loading, cancel."""
        if self.following.lives:
            self.following.stop()
        elif self._job and self.state is not RunState.STOPPING:
            self._set_state(RunState.STOPPING)
            self._job.cancelled.set()
            self._job.control.stop()

    def slow(self, seconds: float | None) -> None:
        """Wait so long at each stage of the algorithm, from now on; None: train at full speed."""
        self._stage_seconds = seconds
        if self._job:
            self._job.control.slow(seconds)

    def edit(self, path: str, value: Any) -> None:
        """Change a live setting while training runs."""
        if control := self._control:
            control.edit(path, value)

    # Saving

    def save(self) -> None:
        """Write a checkpoint now and say so once it is written."""
        if self._job:
            self.saves.want()
            self._job.wishes.put(None)
            self._job.control.save()
        elif self.following.lives:
            self.following.save()
        elif self.session:
            self.said.emit("Everything is saved.")

    def interlude(self) -> Callable[[], None]:
        """What takes up training again as it is now, once it has been stopped for something."""
        pace, was, device = self.meter.pace, self.state, self._job.device if self._job else ""

        def go_on() -> None:
            left = pace.target - self.meter.pace.iteration
            if was in {RunState.RUNNING, RunState.PAUSED} and left > 0:
                self.start(left, device)
                if was is RunState.PAUSED:
                    self.pause()

        return go_on

    def save_elsewhere(self, path: Path) -> None:
        """Have training that cannot be saved in its session go on, whole, in a new one at that path."""
        if self._job:
            self._job.wishes.put(path)
            self._job.control.save()

    def record(self, evaluated: Evaluated) -> bool:
        """Have the training of this session keep and show figures; False where none is under way."""
        if self._job is None:
            return False
        self._job.wishes.put(evaluated)
        self._job.control.nudge()
        return True

    def when_idle(self, action: Callable[[], object]) -> None:
        """Do something once no training is under way; training that runs is stopped and saved first."""
        if not self.is_active:
            action()
            return
        self._when_idle = action
        self.stop()

    def abandon(self, action: Callable[[], object]) -> None:
        """Do something once training has ended; what came after the newest checkpoint is not saved."""
        if self._job:
            self._job.discarded.set()
            self._job.wishes.put(None)  # wakes up a training that waits for room on the disk
        self.when_idle(action)

    # What another program trains

    def show_remote(self, state: str | None) -> None:
        """Show what the program that is followed does; None: it trains no longer."""
        if state is not None:
            self._set_state(RunState.PAUSED if state == "paused" else RunState.RUNNING)
        elif not self.is_active:
            self._set_state(RunState.IDLE)

    # Inside

    @property
    def _job(self) -> Job | None:
        return self._runner.job

    @property
    def _control(self) -> Control | Following | None:
        """What obeys the person: training here, or the program that is followed."""
        return self._job.control if self._job else self.following if self.following.lives else None

    @property
    def is_active(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    def goes_on(self) -> bool:
        """Whether training would go on with the current session rather than begin a new one."""
        if self.session is None or self.experiment is None:
            return False
        return is_same_training(self.session.experiment, self.experiment)

    def trouble(self, sentence: str, detail: str = "") -> None:
        """Tell the person about a problem."""
        self.received.emit([Trouble(self.meter.pace.iteration, sentence, detail, fatal=False)])

    def _launch(self, job: Job) -> None:
        self.following.end()
        self.history.flush()
        if self._stage_seconds is not None:
            job.control.slow(self._stage_seconds)
        self._launched = job.experiment
        self._runner.launch(job)
        self._set_state(RunState.LOADING)

    @Slot(object)
    def _on_finished(self, outcome: Outcome) -> None:
        self._set_state(RunState.IDLE)
        if outcome.issues:
            self.refused.emit(outcome.issues)
        if outcome.reason in {"finished", "stopped"} and self.session:
            done = f"{outcome.reason.capitalize()} at iteration {self.meter.pace.iteration:,}"
            self.said.emit(f"{done}; everything is saved.")
        elif outcome.reason == "abandoned" and self.session:
            self.said.emit("Stopped without saving; the session stands at its newest checkpoint.")
        self.ended.emit(outcome)
        action, self._when_idle = self._when_idle, None
        if action:
            action()

    @Slot(object)
    def _on_drained(self, events: list[Event]) -> None:
        for event in events:
            self._take(event)
        events += [Saved(iteration) for iteration in self.saves.arrived()]  # only now they lie on the disk
        if events:
            self.received.emit(events)
        for event in events:
            if isinstance(event, Saved) and self.saves.answers(event.iteration) and self.session:
                self.said.emit(f"Saved at iteration {event.iteration:,}.")

    def _take(self, event: Event) -> None:
        self.saves.take(event)
        if isinstance(event, Metrics):
            self.meter.add(event)
        elif isinstance(event, Started):
            self.meter.start(event.iteration, event.target_iteration)
            self._enter(RunState.RUNNING)
        elif isinstance(event, StateChanged):
            self._enter(RunState(event.state))
        elif isinstance(event, Edited):
            self.kept = self._launched = with_values(self.kept, {event.path: event.new})
        elif isinstance(event, SessionReady):
            self.session = event.session
            self.kept = self._launched
            self.saves.begin(event.session)
            self.session_changed.emit(event.session)
            self.memory.remember(event.session.path)

    def _enter(self, state: RunState) -> None:
        if self.state is not RunState.STOPPING:
            self._set_state(state)

    def _set_state(self, state: RunState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)
