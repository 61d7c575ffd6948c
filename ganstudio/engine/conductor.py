"""Obeys a person's commands between two steps: pause, go on, single steps, live edits, save, stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ganstudio.engine.control import Command, Edit, Pause, Resume, Save, Step, StepSize, Stop
from ganstudio.engine.events import Edited, EditRefused, Event
from ganstudio.errors import ExperimentError
from ganstudio.experiment.describe import flatten, row
from ganstudio.experiment.parse import find_row, with_values

if TYPE_CHECKING:
    from ganstudio.engine.trainer import Trainer


class Conductor:
    """One run's obedience: whether it is paused, stopped, or on its way through a single step."""

    def __init__(self, trainer: Trainer) -> None:
        self.stopped = False
        self._trainer = trainer
        self._paused = False
        self._steps_left = 0  # of a single step under way

    def obey(self) -> Iterator[Event]:
        """Carry out what was commanded since the last step; while paused, wait for commands."""
        while not self.stopped:
            command = self._wait() if self._paused else self._trainer.control.take()
            if command is None:
                return
            yield from self._do(command)

    def stepped(self) -> Iterator[Event]:
        """Note that a step was taken; pauses at the end of a single step."""
        if self._steps_left:
            self._steps_left -= 1
            if not self._steps_left:
                yield from self._pause()

    def _wait(self) -> Command:
        self._trainer.rest()
        try:
            return self._trainer.control.wait()
        finally:
            self._trainer.wake()

    def _do(self, command: Command) -> Iterator[Event]:
        match command:
            case Stop():
                self.stopped = True
            case Pause() if not self._paused:
                yield from self._pause()
            case Resume() if self._paused or self._steps_left:
                self._paused, self._steps_left = False, 0
                yield self._trainer.state_event(paused=False)
            case Step(size):
                self._paused, self._steps_left = False, self._steps(size)
            case Edit(path, value):
                yield self._edit(path, value)
            case Save():
                yield from self._trainer.checkpoint()
            case _:  # to pause what is paused, or to resume what runs, changes nothing
                pass

    def _pause(self) -> Iterator[Event]:
        self._paused, self._steps_left = True, 0
        yield from self._trainer.settle()
        yield from self._trainer.look()
        yield self._trainer.state_event(paused=True)

    def _steps(self, size: StepSize) -> int:
        """How many steps of the algorithm a single step is.

        Up to and with the next of its kind, or once all around.
        """
        n_critic = self._trainer.experiment.schedule.n_critic
        if size == "iteration":
            return n_critic + 1
        if size == "generator":
            return max(0, n_critic - self._trainer.critic_step) + 1
        return 1 if self._trainer.stage == "critic" else 2

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
