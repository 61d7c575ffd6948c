"""What a diagnosis says; it travels as an event and is kept in the session. Nothing here needs torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ganstudio.engine.events import Event
from ganstudio.experiment.describe import Value


@dataclass(frozen=True)
class Remedy:
    """A change of settings (by dotted path) that may help.

    ``live``: it can be made while training runs; otherwise it begins a fork of the session.
    """

    label: str
    values: tuple[tuple[str, Value], ...]
    live: bool


@dataclass(frozen=True)
class Finding:
    """Something that goes wrong: what, since when, how that was seen, what it means, and what may help.

    ``kind`` is a name of ganstudio.diagnosis.DETECTORS.
    """

    kind: str
    iteration: int
    sentence: str
    evidence: str  # with numbers
    meaning: str
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True)
class Diagnosed(Event):
    """A finding appears, or (``resolved``) holds no longer."""

    finding: Finding
    resolved: bool = False

    @property
    def words(self) -> str:
        """One line for a terminal."""
        found = self.finding
        if self.resolved:
            return f"Iteration {self.iteration:,}: resolved: {found.sentence}"
        line = f"Iteration {self.iteration:,}: {found.sentence} {found.evidence}"
        help_ = " or ".join(f"{r.label[0].lower()}{r.label[1:]}" for r in found.remedies)
        return f"{line} What may help: {help_}." if help_ else line


def to_json(event: Diagnosed) -> dict[str, Any]:
    """As plain JSON."""
    return {**asdict(event.finding), "resolved": event.resolved}


def from_json(iteration: int, raw: Mapping[str, Any]) -> Diagnosed:
    """The reverse of ``to_json``. Raises KeyError, TypeError or ValueError where it is none."""
    remedies = tuple(
        Remedy(str(r["label"]), tuple((str(path), value) for path, value in r["values"]), bool(r["live"]))
        for r in raw["remedies"]
    )
    words = {name: str(raw[name]) for name in ("kind", "sentence", "evidence", "meaning")}
    finding = Finding(iteration=int(raw["iteration"]), remedies=remedies, **words)
    return Diagnosed(iteration, finding, bool(raw["resolved"]))
