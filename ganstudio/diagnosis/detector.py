"""What all detectors share: robust windows over scalars, readings, and remedies that can be applied."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from ganstudio.diagnosis.findings import Remedy
from ganstudio.engine.events import Event, Metrics
from ganstudio.errors import ExperimentError
from ganstudio.experiment.describe import Value, flatten, row
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values


@dataclass(frozen=True)
class Reading:
    """What one look says. Between "ill" and "well" lies a range in which nothing changes (hysteresis)."""

    iteration: int
    state: Literal["ill", "between", "well"]
    sentence: str = ""  # of "ill"
    evidence: str = ""


class Detector(ABC):
    """Reads events of one training. It never raises for odd numbers: NaN is "between"."""

    patience: ClassVar[int] = 1  # equal readings in a row before anything is said
    meaning: ClassVar[str]

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment  # as it is now, live edits included

    def applies(self) -> bool:
        """Whether this can happen in the experiment at all."""
        return True

    @abstractmethod
    def read(self, event: Event) -> Reading | None:
        """What an event says; None where it says nothing of this kind."""

    @abstractmethod
    def remedies(self) -> list[Remedy]:
        """What may help this experiment, the best first."""


class Window:
    """The last values of one scalar, and their median: a single wild batch does not move it."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._values: deque[float] = deque(maxlen=size)

    def add(self, event: Metrics) -> bool:
        """Take the finite values of a block; returns whether there were any and the window is full."""
        column = event.values.get(self._name)
        if column is None:
            return False
        fresh = column[np.isfinite(column)][-(self._values.maxlen or 0) :]
        self._values.extend(fresh.tolist())
        return bool(len(fresh)) and self.is_full

    @property
    def is_full(self) -> bool:
        """Whether as many values came as it holds."""
        return len(self._values) == self._values.maxlen

    def median(self, *, magnitude: bool = False) -> float:
        """Median of the values, or of their magnitudes."""
        values = np.array(self._values)
        return float(np.median(np.abs(values) if magnitude else values))


def judge(iteration: int, *, ill: bool, well: bool, sentence: str, evidence: str) -> Reading:
    """A reading from two thresholds."""
    state: Literal["ill", "between", "well"] = "ill" if ill else "well" if well else "between"
    return Reading(iteration, state, sentence, evidence)


def live(experiment: Experiment, path: str, value: Value, label: str) -> list[Remedy]:
    """A live edit, where the setting matters in the experiment and has another value."""
    flat = flatten(experiment)
    if not row(path).info.live or not row(path).is_shown(flat) or flat[path] == value:
        return []
    return _possible(experiment, Remedy(label, ((path, value),), live=True))


def on_fork(experiment: Experiment, values: Mapping[str, Value], label: str) -> list[Remedy]:
    """A change on a fork, where the experiment allows it and it changes something."""
    flat = flatten(experiment)
    changed = tuple((path, value) for path, value in values.items() if flat[path] != value)
    return _possible(experiment, Remedy(f"{label} (on a fork)", changed, live=False)) if changed else []


def _possible(experiment: Experiment, remedy: Remedy) -> list[Remedy]:
    try:
        with_values(experiment, dict(remedy.values))
    except ExperimentError:
        return []
    return [remedy]


def number(value: float) -> str:
    """For people: three digits."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"
