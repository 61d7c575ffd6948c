"""Obeys a person's commands between two steps: pause, go on, single steps, live edits, save, stop.

In slow motion it waits at the stages of a step, too.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.capturing import Stages
from ganstudio.engine.control import Command, Edit, Nudge, Pause, Resume, Save, Slow, Step, StepSize, Stop
from ganstudio.engine.events import Edited, EditRefused, Event, StageReached
from ganstudio.engine.step import Outcome
from ganstudio.errors import ExperimentError
from ganstudio.experiment.describe import flatten, row
from ganstudio.experiment.parse import find_row, with_values

if TYPE_CHECKING:
    from ganstudio.engine.trainer import Trainer

SAMPLES_SEEN, NUMBERS_SEEN = 16, 256  # of a batch, at a stage


class Conductor:
    """A training's obedience: whether it is paused, stopped, slow, or on its way through a single step."""

    def __init__(self, trainer: Trainer) -> None:
        self.stopped = False
        self._trainer = trainer
        self._paused = False
        self._size: StepSize | None = None  # of a single step under way
        self._from = 0  # critic steps of its iteration that were done where it began
        self._updated = False  # whether it has taken its generator step
        self._stage_seconds: float | None = None  # None at full speed
        self._hurried = False  # whether the rest of this step is not waited for
        self._later: deque[Command] = deque()  # came within a step

    def begin(self) -> None:
        """A run begins: neither stopped nor paused, as slow as the last one."""
        self.stopped = self._paused = False
        self._size = None

    def obey(self) -> Iterator[Event]:
        """Carry out what was commanded since the last step; while paused, wait for commands."""
        while not self.stopped:
            command = self._next()
            if command is None:
                return
            yield from self._do(command)

    def lead(self, stages: Stages[Outcome]) -> Generator[Event, None, Outcome]:
        """Take a step: straight through, or telling each stage in slow motion and in single steps."""
        trainer = self._trainer
        if self._stage_seconds is None and self._size is None:
            return trainer.steps.take(stages, trainer.stage)
        network, done = trainer.stage, trainer.critic_step
        led = stages(trainer.players)
        while True:
            try:
                stage, values = next(led)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome
            seen = {name: _seen(tensor) for name, tensor in values.items()}
            yield StageReached(trainer.iteration, stage, network, done, seen)
            self._linger()

    def stepped(self) -> Iterator[Event]:
        """Note that a step was taken; pauses at the end of a single step."""
        self._hurried = False
        took = "critic" if self._trainer.critic_step else "generator"
        self._updated = self._updated or took == "generator"
        around = self._updated and self._trainer.critic_step == min(self._from, self._n_critic)
        if self._size == took or (self._size == "iteration" and around):
            yield from self._pause()

    @property
    def _n_critic(self) -> int:
        return self._trainer.experiment.schedule.n_critic

    def _next(self) -> Command | None:
        return self._trainer.players.crew.agree(self._told)

    def _told(self) -> Command | None:
        if self._later:
            return self._later.popleft()
        return self._wait() if self._paused else self._trainer.control.take()

    def _wait(self, seconds: float | None = None) -> Command | None:
        self._trainer.clock.rest()
        try:
            return self._trainer.control.wait(seconds)
        finally:
            self._trainer.clock.wake()

    def _linger(self) -> None:
        """Wait at a stage. What is commanded meanwhile is done after the step, and may hasten its rest."""
        reached = time.monotonic()
        while self._stage_seconds is not None and not self._hurried:
            left = reached + self._stage_seconds - time.monotonic()
            command = self._wait(left) if left > 0 else None
            match command:
                case None:
                    return
                case Slow(seconds):
                    self._stage_seconds = seconds
                case _:
                    self._later.append(command)
                    self._hurried = not isinstance(command, Edit | Nudge | Save)

    def _do(self, command: Command) -> Iterator[Event]:
        match command:
            case Stop():
                self.stopped = True
            case Pause() if not self._paused:
                yield from self._pause()
            case Resume() if self._paused or self._size:
                self._paused, self._size = False, None
                yield self._trainer.state_event(paused=False)
            case Step(size):
                self._paused, self._size = False, size
                self._from, self._updated = self._trainer.critic_step, False
            case Slow(seconds):
                self._stage_seconds = seconds
            case Edit(path, value):
                yield self._edit(path, value)
            case Nudge() if self._paused:
                yield self._trainer.state_event(paused=True)
            case Save():
                yield from self._trainer.states.checkpoint()
            case _:  # to pause or nudge in vain changes nothing
                pass

    def _pause(self) -> Iterator[Event]:
        self._paused, self._size = True, None
        yield from self._trainer.states.settle()
        yield from self._trainer.look()
        yield self._trainer.state_event(paused=True)

    def _edit(self, path: str, value: object) -> Event:
        trainer = self._trainer
        try:
            setting = find_row(path)
            flat = flatten(trainer.experiment)
            if not setting.info.live:
                return EditRefused(
                    trainer.iteration, path, f"{setting.info.title} cannot change while training runs."
                )
            if not setting.is_shown(flat):
                return EditRefused(
                    trainer.iteration, path, f"{setting.info.title} has no effect in this experiment."
                )
            edited = with_values(trainer.experiment, {path: value})
        except ExperimentError as error:
            return EditRefused(trainer.iteration, path, str(error))
        trainer.adopt(edited)
        return Edited(trainer.iteration, path, flat[path], flatten(edited)[row(path).path])


def _seen(tensor: Tensor) -> NDArray[Any]:
    """A copy of what is small enough to look at: later stages may change the tensor itself."""
    tensor = tensor.detach()
    if tensor.dim():
        tensor = tensor[: SAMPLES_SEEN if tensor.dim() > 1 else NUMBERS_SEEN]
    return tensor.to("cpu", copy=True).numpy()
