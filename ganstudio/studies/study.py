"""What a study is asked and what it answers; nothing here knows torch or pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from ganstudio.data.dataset import Progress, silent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Cell = str | int | float


@dataclass(frozen=True)
class Request:
    """How a study is to be run.

    ``seeds`` are None for the study's own; ``quick`` asks for a version of seconds that shows the direction
    only. ``progress`` is told (what, done, total) and may raise.
    """

    seeds: tuple[int, ...] | None = None
    quick: bool = False
    threads: int | None = None
    progress: Progress = silent


class Parts:
    """Tells how far a study is, part by part."""

    def __init__(self, request: Request, parts: int) -> None:
        self._request = request
        self._parts = parts
        self._begun = 0

    def begin(self, what: str) -> None:
        """The next part begins."""
        self._request.progress(what, self._begun, self._parts)
        self._begun += 1


@dataclass(frozen=True)
class Table:
    """Numbers of a study; a long one (``listed`` False) goes to its CSV file alone."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    listed: bool = True


@dataclass(frozen=True)
class Claim:
    """A statement of a paper as a number and the bounds that it must keep to hold here."""

    what: str
    value: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the number keeps its bounds; NaN never does."""
        above = self.at_least is None or self.value >= self.at_least
        below = self.at_most is None or self.value <= self.at_most
        return above and below and not isnan(self.value)

    @property
    def bounds(self) -> str:
        """The bounds in words."""
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{words} {bound:.4g}" for words, bound in bounds if bound is not None)

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        return f"{verdict}: {self.what}: {self.value:.4g} (claimed: {self.bounds})"


@dataclass(frozen=True)
class Outcome:
    """What a study found: ``setup`` in Markdown, ``figures`` as pictures by file name without ending."""

    setup: str
    tables: tuple[Table, ...]
    claims: tuple[Claim, ...]
    figures: Mapping[str, Figure]
