"""Reading arrays and points from files: .npy, .npz, IDX and CSV. Nothing of them is ever run."""

from __future__ import annotations

import csv
import gzip
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Progress
from ganstudio.data.memory import available
from ganstudio.errors import UserError

Arrays = dict[str, NDArray[Any]]

# An IDX file begins with two zeros, the type and the number of dimensions.
IDX_TYPES: Mapping[int, str] = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
IDX_DIMENSIONS = 4
ROWS = 10_000_000  # of a CSV file at most
DELIMITERS = ",;\t "
REPORT = 100_000  # rows between two reports of progress


def read_arrays(path: Path, progress: Progress) -> Arrays:
    """Return the arrays of a .npy, .npz or IDX file (also .gz) by name; one without a name is "images".

    Raises UserError where there is no such file, it is damaged, does not fit into memory or holds Python
    objects, which are never read.
    """
    progress(f"Reading {path.name}", 0, 0)
    try:
        if not path.is_file():
            raise UserError(f"There is no file {path}.")
        with path.open("rb") as file:
            start = file.read(6)
        if start.startswith(b"PK"):
            _fits(sum(member.file_size for member in zipfile.ZipFile(path).infolist()), path)
            with np.load(path, allow_pickle=False) as packed:
                return {name: packed[name] for name in packed.files}
        if start == b"\x93NUMPY":
            _fits(path.stat().st_size, path)
            return {"images": np.load(path, allow_pickle=False)}
        return _idx_with_labels(path)
    except MemoryError:
        raise UserError(f"{path} does not fit into memory.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        if "allow_pickle" in str(error):
            raise UserError(
                f"{path} holds Python objects, which are never read; save plain numbers instead."
            ) from None
        raise UserError(f"{path} is not a readable .npy, .npz or IDX file ({error}).") from None


def read_csv(path: Path, progress: Progress) -> tuple[NDArray[np.float64], list[str]]:
    """Return the points (N, 2) of a table with two columns, and the third column as labels, or [].

    The columns are separated by commas, semicolons, tabs or spaces; a first line of words is a heading.
    Raises UserError that names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = _delimiter(file)
            return _points(csv.reader(file, delimiter=delimiter, skipinitialspace=True), path, progress)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise UserError(f"{path} is not a table of text.") from None


def _points(rows: Any, path: Path, progress: Progress) -> tuple[NDArray[np.float64], list[str]]:
    found: list[tuple[float, float]] = []
    labels: list[str] = []
    for row in rows:
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells or cells[0].startswith("#"):
            continue
        try:
            x, y = float(cells[0]), float(cells[1])
        except (ValueError, IndexError):
            if not found and rows.line_num == 1:
                continue  # the heading
            raise UserError(
                f"Line {rows.line_num} of {path} does not begin with two numbers: {' '.join(row)[:60]!r}."
            ) from None
        found.append((x, y))
        labels += cells[2:3]
        if len(found) % REPORT == 0:
            progress(f"Reading {path.name}", len(found), 0)
        if len(found) > ROWS:
            raise UserError(f"{path} has more than {ROWS:,} lines.")
    if labels and len(labels) != len(found):
        raise UserError(
            f"In {path} {len(labels):,} of {len(found):,} lines have a third column; all or none must."
        )
    return np.array(found, np.float64).reshape(-1, 2), labels


def _delimiter(file: IO[str]) -> str:
    start = file.read(4096)
    file.seek(0)
    return max(DELIMITERS, key=lambda sign: (start.count(sign) > 0, -DELIMITERS.index(sign)))


def _fits(size: int, path: Path) -> None:
    if size > available():
        raise UserError(f"{path} needs {size / 2**30:,.1f} GiB of memory, which is not free.")


def _idx_with_labels(path: Path) -> Arrays:
    found = {"images": _idx(path)}
    beside = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    if beside != path and beside.is_file():
        found["labels"] = _idx(beside)
    return found


def _idx(path: Path) -> NDArray[Any]:
    """Read one IDX file (Y. LeCun's format of MNIST). Raises ValueError."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        magic = file.read(4)
        if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in IDX_TYPES:
            raise ValueError("its beginning is of no such file")
        dimensions = magic[3]
        if not 1 <= dimensions <= IDX_DIMENSIONS:
            raise ValueError(f"it has {dimensions} dimensions")
        shape = np.frombuffer(file.read(4 * dimensions), ">u4").astype(np.int64)
        kind = np.dtype(IDX_TYPES[magic[2]])
        size = int(np.prod(shape, dtype=object)) * kind.itemsize
        _fits(size, path)
        content = file.read(size + 1)
        if len(content) != size:
            raise ValueError("its length is not what it says")
    return np.frombuffer(content, kind).reshape(shape).astype(kind.newbyteorder("="))
