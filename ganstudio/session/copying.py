"""Copying a session, also while it is written."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from ganstudio.data.dataset import Progress, silent
from ganstudio.errors import Cancelled, UserError
from ganstudio.session.commands import FOLDER as COMMANDS
from ganstudio.session.files import PART, reason, remove
from ganstudio.session.metrics import MetricsWriter, Rows
from ganstudio.session.metrics_reader import MetricsReader

Copier = Callable[[str, str], object]


def copy(
    source: Path, target: Path, metrics: MetricsReader, metrics_name: str, progress: Progress = silent
) -> None:
    """Copy all but the lock; the target appears whole or not at all.

    ``progress`` is told bytes, and may raise Cancelled. Raises UserError with one sentence.
    """
    counted = _Counted(source, progress)
    part = target.with_name(f"{PART}{uuid.uuid4().hex[:8]}")
    made = [folder for folder in target.parents if not folder.exists()]
    try:
        part.mkdir(parents=True)
        for path in entries(source):
            if not path.name.startswith(metrics_name):
                copy_entry(path, part / path.name, counted)
        copy_history(metrics, part / metrics_name, source.name)
        if target.exists():
            target.rmdir()  # empty, as the caller has made sure
        part.replace(target)
    except (OSError, UserError, Cancelled, sqlite3.Error) as error:
        for leftover in (part, *made):
            with suppress(OSError):
                remove(leftover) if leftover is part else leftover.rmdir()
        if isinstance(error, (UserError, Cancelled)):
            raise
        why = reason(error) if isinstance(error, OSError) else error
        raise UserError(f"The session could not be copied to {target}: {why}.") from None


def entries(session: Path) -> list[Path]:
    """What lies in a session's folder, but for the lock, commands and what is not complete, in order.

    Raises UserError where one is a symbolic link: who follows it copies what may be anywhere.
    """
    passing = ("lock", COMMANDS)
    found = [p for p in session.iterdir() if p.name not in passing and not p.name.startswith(PART)]
    for path in found:
        if path.is_symlink():
            raise UserError(f"{path} is a symbolic link, which is not followed; put its target in its place.")
    return sorted(found)


def copy_history(metrics: MetricsReader, path: Path, name: str) -> None:
    """Copy the history, and note in the copy that nobody trains it. Raises UserError and sqlite3.Error."""
    metrics.copy_to(path)
    rows = Rows()
    rows.add_event(metrics.last_iteration(), "copied", f"Copied from {name}.")
    with closing(MetricsWriter(path)) as store:
        store.write(rows)


class _Counted:
    """Copies files and tells how many bytes of all are done."""

    def __init__(self, source: Path, progress: Progress) -> None:
        self._progress = progress
        self._done = self._total = 0
        with suppress(OSError):  # it is only for the progress
            self._total = sum(path.stat().st_size for path in source.rglob("*") if path.is_file())

    def __call__(self, source: str, target: str) -> None:
        shutil.copy2(source, target)
        self._done += Path(target).stat().st_size
        self._progress("Copying", min(self._done, self._total), self._total)


def copy_entry(source: Path, target: Path, copy_file: Copier = shutil.copy2) -> None:
    """Copy a file or folder of a session, also while it is written. Raises OSError."""
    if source.name == "checkpoints":
        target.mkdir()
        copy_states(source, target, copy_file)
    elif source.is_dir():
        shutil.copytree(source, target, ignore=_foreign, copy_function=copy_file)
    else:
        copy_file(str(source), str(target))


def copy_states(source: Path, target: Path, copy_file: Copier = shutil.copy2) -> list[Path]:
    """Copy the checkpoints of a folder, the newest first, since any of them may retire meanwhile.

    Returns the copies, oldest first. Links in them, which no session has, are left out. Raises OSError.
    """
    copied: list[Path] = []
    there = [path for path in source.glob("*") if path.is_dir() and not path.name.startswith(PART)]
    for folder in sorted(there, reverse=True):
        try:
            shutil.copytree(folder, target / folder.name, copy_function=copy_file, ignore=_foreign)
            copied.append(target / folder.name)
        except OSError:
            if folder.exists():
                raise
            remove(target / folder.name)  # a part of it is of no use
    return sorted(copied) if copied or not there else copy_states(source, target, copy_file)


def _foreign(folder: str, names: list[str]) -> set[str]:
    """What is not complete yet, and links."""
    return {name for name in names if name.startswith(PART) or Path(folder, name).is_symlink()}
