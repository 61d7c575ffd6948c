"""Steps at full speed: one operation after the other, or recorded once and replayed.

A GAN's step on small networks is hundreds of short kernels, and Python cannot start them as fast as a
graphics processor does them. So the first steps of each shape are rehearsals: ordinary steps that count. Then
the step is recorded, and replayed from there on.

A step is recorded again when a live setting is edited, since its numbers are part of the recording. What
changes from step to step by itself (samples, learning rates, noise, the share of the history) lies on the
device, and is set before each replay. Steps that are looked at stage by stage are never replayed, and may
come between replays as they like: memory, numbers and random streams are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from ganstudio.engine.events import Stage
from ganstudio.engine.graphs import Recorder
from ganstudio.engine.players import Players
from ganstudio.engine.step import Reached, through
from ganstudio.engine.turn import Turn

Outcome = TypeVar("Outcome")
Stages = Callable[[Players], Generator[Reached, None, Outcome]]

REHEARSALS = 3  # before a recording, as PyTorch's documentation has it
STREAMS = ("latents", "eps", "noise", "labels")


@dataclass(frozen=True)
class _Recording:
    """A recorded step with the memory that it reads and writes."""

    turn: Turn
    replay: Callable[[], None]
    outcome: Any  # a CriticStep or GeneratorStep
    scalars: tuple[str, ...]  # of the outcome, and their values in one tensor
    values: Tensor
    gradients: tuple[tuple[nn.Parameter, Tensor | None], ...]

    def step(self, turn: Turn) -> Any:
        """Take the step.

        Scalars are copies; larger tensors of the outcome hold until the next step of this shape.
        """
        self.turn.take(turn)
        self.replay()
        for weight, gradient in self.gradients:  # a probe may want to see them
            weight.grad = gradient
        return replace(self.outcome, **dict(zip(self.scalars, self.values.clone().unbind(), strict=True)))


@dataclass
class _Shape:
    """What is known of all steps that are alike but for what lies on the device."""

    rehearsals: int = 0
    recording: _Recording | None = None


@dataclass
class Steps:
    """Takes steps at full speed. ``recorder`` is None where there is nothing to record with."""

    players: Players
    recorder: Recorder | None
    _shapes: dict[tuple[Stage, bool], _Shape] = field(default_factory=dict)
    _era: object = None  # what all recordings have in common
    _trouble: str = ""  # why nothing is recorded any more
    _told: bool = False

    def take(self, stages: Stages[Outcome], network: Stage) -> Outcome:
        """Take one step of that network."""
        if not self.records:
            self.players.is_full_speed = True
            try:
                return through(stages(self.players))
            finally:
                self.players.is_full_speed = False
        turn = self.players.next_turn(network)
        era = (self.players.experiment, bool(turn.noise))
        if self._era != era:
            self.forget()
            self._era = era
        shape = self._shapes.setdefault(
            (network, network == "critic" and self.players.penalty_is_due), _Shape()
        )
        if shape.rehearsals < REHEARSALS:
            shape.rehearsals += 1
            return self._recorder.rehearse(lambda: self._fed(stages, turn))
        if shape.recording is None:
            shape.recording = self._record(stages, network, turn)
        if shape.recording is None:
            return self._fed(stages, turn)
        taken: Outcome = shape.recording.step(turn)
        return taken

    @property
    def records(self) -> bool:
        """Whether steps are recorded and replayed."""
        return (
            self._is_asked and self.recorder is not None and self.players.crew.size == 1 and not self._trouble
        )

    def forget(self) -> None:
        """Forget all recordings; memory that they use is about to be replaced, or numbers changed."""
        self._shapes.clear()
        self._era = None

    def trouble(self) -> str:
        """Why steps are not recorded though that was asked for, in one sentence, once; else nothing."""
        if (
            self._told
            or not self._is_asked
            or self.recorder is None
            or self.records
            or self.players.crew.rank
        ):
            return ""  # of several processes the first speaks
        self._told = True
        return self._trouble or (
            "Steps are not captured, because several processes train together; they run one operation after "
            "the other."
        )

    @property
    def _is_asked(self) -> bool:
        return self.players.experiment.precision.capture == "automatic"

    @property
    def _recorder(self) -> Recorder:
        assert self.recorder is not None  # noqa: S101 - asked before
        return self.recorder

    def _fed(self, stages: Stages[Outcome], turn: Turn) -> Outcome:
        """An ordinary step whose turn is known."""
        self.players.turn, self.players.is_fed = turn, True
        try:
            return through(stages(self.players))
        finally:
            self.players.is_fed = False

    def _record(self, stages: Stages[Outcome], network: Stage, turn: Turn) -> _Recording | None:
        """Record a step; None where that cannot be, and then nothing is recorded any more."""
        players = self.players
        held = turn.held(players.device)
        made: list[Any] = []

        def work() -> None:
            outcome = self._fed(stages, held)
            names = _scalars(outcome)
            made.append((outcome, names, torch.stack([getattr(outcome, name) for name in names])))

        before = {name: getattr(players, name).get_state() for name in STREAMS}
        try:
            replay = self._recorder.record(work, [getattr(players, name) for name in STREAMS])
        except RuntimeError as error:
            for name, state in before.items():
                fresh = torch.Generator(players.device)
                fresh.set_state(state)
                setattr(players, name, fresh)
            self.forget()
            self._trouble = (
                f"A {network} step cannot be captured ({_cause(error)}); steps run one operation after the "
                "other."
            )
            return None
        outcome, names, values = made[0]
        trained = players.critic if network == "critic" else players.generator
        gradients = tuple((weight, weight.grad) for weight in trained.parameters())
        return _Recording(held, replay, outcome, names, values, gradients)


def _scalars(outcome: Any) -> tuple[str, ...]:
    values = {f.name: getattr(outcome, f.name) for f in fields(outcome)}
    return tuple(n for n, value in values.items() if isinstance(value, Tensor) and value.dim() == 0)


def _cause(error: BaseException) -> str:
    """The first line of what went wrong first: what follows in a failed recording is no news."""
    while error.__context__ is not None:
        error = error.__context__
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
