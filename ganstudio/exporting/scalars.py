"""Scalars as comma-separated values."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Progress
from ganstudio.exporting.kinds import NoOptions
from ganstudio.exporting.source import Source

Options = NoOptions

BLOCK = 5000  # rows between two reports of progress


def export(source: Source, out: Path, _options: NoOptions, progress: Progress) -> int:
    """Write a line for each iteration; a cell is empty where a figure does not apply.

    Columns: iteration, training_seconds, the scalars, and the figures of quality where they were computed.
    """
    scalars = source.scalars()
    columns: dict[str, NDArray[Any]] = {
        "iteration": scalars.iterations,
        "training_seconds": scalars.seconds,
        **scalars.values,
    }
    for evaluated in source.figures():
        place = int(np.searchsorted(scalars.iterations, evaluated.iteration))
        if place < len(scalars.iterations) and scalars.iterations[place] == evaluated.iteration:
            for name, value in evaluated.figures.items():
                columns.setdefault(name, np.full(len(scalars.iterations), np.nan))[place] = value
    write_table(out, columns, progress)
    return scalars.iteration


def write_table(path: Path, columns: dict[str, NDArray[Any]], progress: Progress) -> None:
    """Write columns of one length; what is not finite becomes an empty cell, numbers read back exactly."""
    length = len(next(iter(columns.values())))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for begin in range(0, length, BLOCK):
            progress("Writing the table", begin, length)
            block = [_cells(column[begin : begin + BLOCK]) for column in columns.values()]
            writer.writerows(zip(*block, strict=True))


def _cells(column: NDArray[Any]) -> Sequence[object]:
    if column.dtype.kind != "f":
        return list(column.tolist())
    return ["" if not np.isfinite(value) else repr(value) for value in column.astype(np.float64).tolist()]
