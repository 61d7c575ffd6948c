"""Sessions side by side: where their settings differ, and how good they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganstudio.experiment.describe import Value, row, rows, shown
from ganstudio.experiment.pairs import IGNORED
from ganstudio.metrics import FIGURES
from ganstudio.session.session import Session

MISSING = "–"


@dataclass(frozen=True)
class Run:
    """One session as a line of the table; ``figures`` are the newest of each name."""

    path: Path
    name: str
    iteration: int
    seconds: float  # of training
    device: str
    settings: Mapping[str, Value]  # of those that matter, by path
    figures: Mapping[str, float]
    spread: Mapping[str, float]


@dataclass(frozen=True)
class Comparison:
    """Runs with the paths of the settings in which they differ and the names of the figures that any has."""

    runs: tuple[Run, ...]
    differing: tuple[str, ...]
    figures: tuple[str, ...]

    def header(self) -> list[str]:
        """Titles of the columns."""
        settings = [
            f"{row(path).group_title}: {row(path).info.title}".removeprefix(": ") for path in self.differing
        ]
        return [
            "Session",
            "Iterations",
            "Time (s)",
            *settings,
            *(FIGURES[name].title for name in self.figures),
        ]

    def table(self) -> list[list[str]]:
        """The cells, a row for each run."""
        return [
            [
                run.name,
                str(run.iteration),
                f"{run.seconds:.1f}",
                *(_cell(run.settings.get(path)) for path in self.differing),
                *(_figure(run, name) for name in self.figures),
            ]
            for run in self.runs
        ]

    def markdown(self) -> str:
        """The table as Markdown."""
        lines = [self.header(), ["---"] * len(self.header()), *self.table()]
        return "".join(
            f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines
        )

    def comma_separated(self) -> str:
        """The table as CSV with plain numbers; spreads in columns of their own where there are any."""
        spreads = [name for name in self.figures if any(name in run.spread for run in self.runs)]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(
            ["session", "path", "iterations", "seconds", "device", *self.differing, *self.figures]
            + [f"{name} spread" for name in spreads]
        )
        for run in self.runs:
            settings = [run.settings.get(path, "") for path in self.differing]
            found = [run.figures.get(name, "") for name in self.figures]
            around = [run.spread.get(name, "") for name in spreads]
            writer.writerow(
                [run.name, run.path, run.iteration, run.seconds, run.device, *settings, *found, *around]
            )
        return text.getvalue()


def compare(sessions: Iterable[Session]) -> Comparison:
    """Compare sessions by what is stored in them. Raises UserError where one is damaged."""
    return comparison([run_of(session) for session in sessions])


def comparison(runs: Sequence[Run]) -> Comparison:
    """Compare runs that were read already."""
    return Comparison(tuple(runs), _differing(runs), _figures(runs))


def run_of(session: Session) -> Run:
    """What the table shows of a session. Raises UserError where it is damaged."""
    known = session.info()
    figures: dict[str, float] = {}
    spread: dict[str, float] = {}
    for evaluated in session.metrics.figures():
        figures |= evaluated.figures
        around = evaluated.facts.get("spread")
        for name in evaluated.figures:
            spread.pop(name, None)
            if isinstance(around, Mapping) and isinstance(around.get(name), int | float):
                spread[name] = float(around[name])
    return Run(
        path=session.path,
        name=session.name,
        iteration=known["iteration"],
        seconds=known["seconds"],
        device=known["device"] or "",
        settings=shown(session.current_experiment),
        figures=figures,
        spread=spread,
    )


def _differing(runs: Sequence[Run]) -> tuple[str, ...]:
    """Paths of settings whose values are not the same in all runs, in the form's order."""
    missing = object()
    return tuple(
        r.path
        for r in rows()
        if r.path != "name"
        and not r.path.startswith(IGNORED)
        and len({run.settings.get(r.path, missing) for run in runs}) > 1
    )


def _figures(runs: Sequence[Run]) -> tuple[str, ...]:
    found = {name for run in runs for name in run.figures}
    return tuple(name for name in FIGURES if name in found)


def _cell(value: Value | None) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return MISSING if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _figure(run: Run, name: str) -> str:
    if name not in run.figures:
        return MISSING
    around = f" ± {run.spread[name]:.2g}" if name in run.spread else ""
    return f"{run.figures[name]:.4g}{around}"
