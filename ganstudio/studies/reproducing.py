"""Runs a study and writes what it found: pictures, numbers as CSV, and a report."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.errors import UserError
from ganstudio.studies import STUDIES, figures
from ganstudio.studies.study import Claim, Table

if TYPE_CHECKING:
    from ganstudio.registry import Choice
    from ganstudio.studies.study import Cell, Outcome, Request


def find(name: str) -> Choice:
    """The study of that name. Raises UserError that lists the names where there is none."""
    try:
        return STUDIES[name]
    except KeyError:
        raise UserError(f"There is no study {name!r}; there are {', '.join(STUDIES)}.") from None


def reproduce(name: str, request: Request, folder: Path) -> Outcome:
    """Run a study and write its pictures (PNG), tables (CSV) and report.md to a new or empty folder.

    Raises UserError where there is no such study, pictures cannot be drawn, or the folder cannot be used;
    a folder that was made for it is taken away again where the study does not come to its end.
    """
    study = find(name)
    figures.require()
    with _new_folder(folder.expanduser().absolute()) as place:
        outcome: Outcome = study.load()(request)
        try:
            _write(study, outcome, place)
        except OSError as error:
            raise UserError(f"{place} could not be written: {error.strerror}.") from None
    return outcome


def markdown(table: Table) -> str:
    """The table as Markdown."""
    lines = [
        _line(table.columns),
        _line("---" for _ in table.columns),
        *(_line(map(_written, row)) for row in table.rows),
    ]
    return "\n".join(lines) + "\n"


@contextmanager
def _new_folder(path: Path) -> Iterator[Path]:
    """The folder, made where it is missing; removed again, with what was made above it, after an error."""
    try:
        if path.is_dir() and any(path.iterdir()):
            raise UserError(f"{path} has files in it already; choose another folder for the study.")
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{path} could not be made: {error.strerror}.") from None
    try:
        yield path
    except BaseException:
        for written in path.iterdir():
            written.unlink()
        for folder in missing:
            folder.rmdir()
        raise


def _write(study: Choice, outcome: Outcome, folder: Path) -> None:
    for name, figure in outcome.figures.items():
        figures.save(figure, folder / f"{name}.png")
    for table in (*outcome.tables, _claims(outcome.claims)):
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.columns)
            writer.writerows([_exact(cell) for cell in row] for row in table.rows)
    (folder / "report.md").write_text(_report(study, outcome), encoding="utf-8")


def _report(study: Choice, outcome: Outcome) -> str:
    parts = [f"# {study.title}\n\n{study.help}\n\nAfter {study.source}.\n"]
    parts.append(f"\n## Set-up\n\n{outcome.setup}\n")
    parts.append("\n## Claims\n\n" + markdown(_claims(outcome.claims)))
    parts += [f"\n## {table.title}\n\n{markdown(table)}" for table in outcome.tables if table.listed]
    parts += [f"\n![{name}]({name}.png)\n" for name in outcome.figures]
    return "".join(parts)


def _claims(claims: tuple[Claim, ...]) -> Table:
    columns = ("claim", "measured", "claimed", "holds")
    rows = tuple((c.what, c.value, c.bounds, "yes" if c.holds else "no") for c in claims)
    return Table("claims", "Claims", columns, rows)


def _line(cells: Iterator[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _written(cell: Cell) -> str:
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)


def _exact(cell: Cell) -> str:
    return f"{cell:.8g}" if isinstance(cell, float) else str(cell)
