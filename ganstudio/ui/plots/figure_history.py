"""Figures of quality over the iterations, as the metrics panel needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.events import ON_REQUEST, Evaluated, Event, Started
from ganstudio.metrics import FIGURES

FLOOR = "floor:"  # trait of a figure that says what another reads for real samples
# Trait of a figure -> what is greatest at the best value.
RANKS: dict[str, Callable[[float], float]] = {
    "lower": lambda value: -value,
    "higher": lambda value: value,
    "near-one": lambda value: -abs(value - 1),
}


@dataclass(frozen=True)
class Value:
    """A figure at an iteration, and what it was computed from."""

    iteration: int
    value: float
    facts: Mapping[str, Any]
    spread: float | None = None  # standard deviation over the seeds, where there were several

    @property
    def is_asked(self) -> bool:
        """Whether a person asked for it: it may be of more samples than those taken while training."""
        return bool(self.facts.get(ON_REQUEST))

    @property
    def words(self) -> str:
        """The value, with its spread."""
        return f"{self.value:.4g}" + (f" ± {self.spread:.2g}" if self.spread is not None else "")


class FigureHistory:
    """All values by the name of the figure, in order. It only holds."""

    def __init__(self) -> None:
        self.values: dict[str, list[Value]] = {}

    def handle(self, event: Event) -> bool:
        """Remember what an event says; returns whether there is something new to draw."""
        if isinstance(event, Started):
            self._cut_after(event.iteration)
        elif isinstance(event, Evaluated):
            for name, value in event.figures.items():
                if isfinite(value):
                    found = Value(event.iteration, value, event.facts, _spread(event.facts, name))
                    self.values.setdefault(name, []).append(found)
        else:
            return False
        return True

    def names(self) -> list[str]:
        """Figures that are drawn for themselves: known ones in the order of the registry, then others."""
        known = [name for name in FIGURES if name in self.values and not floor_of(name)]
        return known + [name for name in self.values if name not in FIGURES]

    def points(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Iterations and values (N,) taken while training, iterations rising; of several the last counts."""
        found = {v.iteration: v.value for v in self.values.get(name, ()) if not v.is_asked}
        order = sorted(found)
        return np.array(order, np.float64), np.array([found[i] for i in order], np.float64)

    def asked(self, name: str) -> list[Value]:
        """The values that a person asked for: points of their own, not on the line of the others."""
        return [v for v in self.values.get(name, ()) if v.is_asked]

    def at(self, name: str, iteration: int | None = None) -> Value | None:
        """The newest value, at or before an iteration where one is given."""
        fitting = [v for v in self.values.get(name, ()) if iteration is None or v.iteration <= iteration]
        newest = max((v.iteration for v in fitting), default=0)
        return next((v for v in reversed(fitting) if v.iteration == newest), None)

    def best(self, name: str) -> Value | None:
        """The best value so far, of those taken while training if any; None where none is better."""
        rank, values = RANKS.get(goal(name)), self.values.get(name, [])
        alike = [v for v in values if not v.is_asked] or values
        return max(alike, key=lambda v: rank(v.value), default=None) if rank else None

    def floor(self, name: str) -> str | None:
        """The figure that says what this one reads for real samples, where there is one."""
        return next((f for f in self.values if floor_of(f) == name), None)

    def _cut_after(self, iteration: int) -> None:
        for name, values in list(self.values.items()):
            kept = [v for v in values if v.iteration <= iteration]
            if kept:
                self.values[name] = kept
            else:
                del self.values[name]


def _spread(facts: Mapping[str, Any], name: str) -> float | None:
    around = facts.get("spread")
    found = around.get(name) if isinstance(around, Mapping) else None
    return float(found) if isinstance(found, int | float) and isfinite(found) else None


def goal(name: str) -> str:
    """Which values are better: a key of RANKS, or "" where none are."""
    traits = FIGURES[name].traits if name in FIGURES else frozenset()
    return next((trait for trait in RANKS if trait in traits), "")


def title(name: str) -> str:
    """What people call a figure; its name where this release does not know it."""
    return FIGURES[name].title if name in FIGURES else name


def floor_of(name: str) -> str:
    """The figure of which this one is the floor; "" where it is none."""
    traits = FIGURES[name].traits if name in FIGURES else frozenset()
    return next((t.removeprefix(FLOOR) for t in traits if t.startswith(FLOOR)), "")
