"""Writing what a panel shows to a file: a picture, a drawing, or its numbers."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QWidget

from ganstudio.errors import UserError

# A column's name and its values; columns may differ in length.
Table = Sequence[tuple[str, Sequence[object]]]


def picture(widget: QWidget) -> bytes:
    """Take the widget as it looks on the screen, as a PNG file's bytes."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().toImage().save(buffer, "PNG")  # type: ignore[call-overload]  # PySide's stub lacks QIODevice
    return bytes(buffer.data().data())


def comma_separated(table: Table) -> bytes:
    """Put the table into a CSV file's bytes; short columns end in empty cells."""
    length = max((len(values) for _, values in table), default=0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in table])
    writer.writerows(_rows([values for _, values in table], length))
    return text.getvalue().encode()


def write(path: Path, content: bytes) -> None:
    """Write a file in one go: it is there as a whole, or as it was. Raises UserError where that fails."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise UserError(f"{path} could not be written: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise UserError(f"{path} could not be written: {error.strerror}.") from None


def _rows(columns: Sequence[Sequence[object]], length: int) -> Iterable[list[object]]:
    for i in range(length):
        yield [values[i] if i < len(values) else "" for values in columns]
