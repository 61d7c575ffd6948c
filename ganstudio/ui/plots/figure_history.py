"""Figures of quality over the iterations, as the metrics panel needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.events import Evaluated, Event, Started
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
                    self.values.setdefault(name, []).append(Value(event.iteration, value, event.facts))
        else:
            return False
        return True

    def names(self) -> list[str]:
        """Figures that are drawn for themselves: known ones in the order of the registry, then others."""
        known = [name for name in FIGURES if name in self.values and not floor_of(name)]
        return known + [name for name in self.values if name not in FIGURES]

    def points(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Iterations and values (N,), iterations rising; where there are several, the last one counts."""
        found = {v.iteration: v.value for v in self.values.get(name, ())}
        order = sorted(found)
        return np.array(order, np.float64), np.array([found[i] for i in order], np.float64)

    def at(self, name: str, iteration: int | None = None) -> Value | None:
        """The newest value, at or before an iteration where one is given."""
        fitting = [v for v in self.values.get(name, ()) if iteration is None or v.iteration <= iteration]
        return max(fitting, key=lambda v: v.iteration) if fitting else None

    def best(self, name: str) -> Value | None:
        """The best value so far; None where none is better than another."""
        rank = RANKS.get(goal(name))
        return max(self.values.get(name, ()), key=lambda v: rank(v.value), default=None) if rank else None

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
