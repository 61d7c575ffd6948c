"""A session as one file, to send and to keep: packed into a zip archive, and unpacked from a stranger's."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from ganstudio.data.dataset import Progress, silent
from ganstudio.errors import Cancelled, UserError
from ganstudio.paths import sessions_folder
from ganstudio.session.archive_rules import check_directory_size, entries_of, harm_of_name, root_of
from ganstudio.session.copying import copy_history, copy_states, entries
from ganstudio.session.files import PART, reason, remove, replacing
from ganstudio.session.places import CHECKPOINTS, METRICS, RECORD, SAMPLES, ensure_free, safe_name
from ganstudio.session.session import Session

CHUNK = 2**20  # bytes between two looks at whether the person cancels
SPARE = 64 * 2**20  # bytes of the disk that stay free
SHRINKING = {".json", ".sqlite"}  # what is deflated; tensors and pictures do not shrink

Cancelling = Callable[[], bool]


def _never() -> bool:
    return False


class _Meter:
    """Counts bytes for the progress, and ends the work where the person cancels."""

    def __init__(self, what: str, total: int, progress: Progress, cancelled: Cancelling) -> None:
        self._what, self._total, self._done = what, total, 0
        self._progress, self._cancelled = progress, cancelled

    def add(self, count: int) -> None:
        """Note that so many bytes more are done. Raises Cancelled."""
        self._done += count
        if self._cancelled():
            raise Cancelled
        self._progress(self._what, min(self._done, self._total), self._total)


def export_zip(
    session: Session, path: Path, progress: Progress = silent, cancelled: Cancelling = _never
) -> None:
    """Pack a session into the file ``path``, even while it is written; what was there is replaced.

    The file appears whole or not at all. Raises UserError with one sentence, and Cancelled.
    """
    path = path.expanduser().absolute()
    if path.is_dir() or path.is_relative_to(session.path):
        raise UserError(f"{path} cannot be the archive; choose a file outside of the session's folder.")
    files, root = _files(session.path), safe_name(session.name)
    for file in files:
        if why := harm_of_name(f"{root}/{file.relative_to(session.path).as_posix()}"):
            raise UserError(f"{file} {why}, so the session cannot be packed; rename or remove that file.")
    meter = _Meter("Packing the session", sum(map(_size, files)), progress, cancelled)
    try:
        with _aside(path) as aside, replacing(path) as part, ZipFile(part, "w", allowZip64=True) as archive:
            # States first: the record and the history that come after them know of all that they hold.
            for folder in copy_states(session.path / CHECKPOINTS, aside, _link):
                for file in sorted(path for path in folder.iterdir() if path.is_file()):
                    _add(archive, file, f"{root}/{CHECKPOINTS}/{folder.name}/{file.name}", meter)
                remove(folder)
            copy_history(session.metrics, aside / METRICS, session.name)
            _add(archive, aside / METRICS, f"{root}/{METRICS}", meter)
            for file in files:
                inside = file.relative_to(session.path)
                if inside.parts[0] not in (CHECKPOINTS, METRICS) and file.exists():
                    _add(archive, file, f"{root}/{inside.as_posix()}", meter)
    except OSError as error:
        raise UserError(f"The session could not be packed into {path}: {reason(error)}.") from None
    except sqlite3.Error as error:
        raise UserError(f"The session could not be packed into {path}: {error}.") from None


def import_zip(
    path: Path, target: Path | None = None, progress: Progress = silent, cancelled: Cancelling = _never
) -> Session:
    """Unpack a session into the new folder ``target``, by default among the studio's own sessions.

    The folder appears whole, and only when the session in it opens. Raises UserError with one sentence where
    the archive is not harmless, not whole or not a session, or the disk has no room; and Cancelled.
    """
    path = path.expanduser().absolute()
    try:
        check_directory_size(path)
        with ZipFile(path) as archive:
            files = entries_of(path, archive.infolist(), path.stat().st_size)
            root = root_of(path, files, RECORD)
            target = _fresh(root.rstrip("/") or path.stem) if target is None else ensure_free(target)
            total = sum(entry.file_size for entry in files)
            meter = _Meter("Unpacking the session", total, progress, cancelled)
            with _aside(target) as aside:
                _require_room(path, aside, total)
                for entry in files:
                    _unpack(archive, entry, aside / entry.filename.removeprefix(root), meter)
                for name in (SAMPLES, CHECKPOINTS):
                    (aside / name).mkdir(exist_ok=True)  # an empty folder is in no archive
                _check(aside, path)
                if target.exists():
                    target.rmdir()  # empty, as was made sure above
                aside.replace(target)
    except OSError as error:
        raise UserError(f"{path} could not be unpacked: {reason(error)}.") from None
    except (
        BadZipFile,
        EOFError,
        NotImplementedError,
        OverflowError,
        RuntimeError,
        ValueError,
        struct.error,
        zlib.error,
    ):
        raise UserError(f"{path} is damaged, or no zip archive: it cannot be unpacked.") from None
    return Session.open(target)


def _files(session: Path) -> list[Path]:
    """All files but the lock, what is not complete and what SQLite keeps beside its file."""
    found: list[Path] = []
    for entry in entries(session):
        inside = sorted(entry.rglob("*")) if entry.is_dir() else [entry]
        found += [path for path in inside if path.is_file() and not path.is_symlink()]
    return [
        path
        for path in found
        if not any(part.startswith(PART) for part in path.relative_to(session).parts)
        and (path.parent != session or path.name == METRICS or not path.name.startswith(METRICS))
    ]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it went meanwhile
        return 0


def _link(source: str, target: str) -> None:
    """Files of a checkpoint never change, so a second name will do where the file system has such."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _add(archive: ZipFile, path: Path, name: str, meter: _Meter) -> None:
    try:
        info = ZipInfo.from_file(path, name, strict_timestamps=False)
        source = path.open("rb")
    except FileNotFoundError:  # samples of a state that training went back from
        return
    info.compress_type = ZIP_DEFLATED if path.suffix in SHRINKING else ZIP_STORED
    with source, archive.open(info, "w") as file:
        while chunk := source.read(CHUNK):
            file.write(chunk)
            meter.add(len(chunk))


def _unpack(archive: ZipFile, entry: ZipInfo, path: Path, meter: _Meter) -> None:
    if path.name == "lock" or path.name.startswith(PART):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as source, path.open("xb") as file:
        while chunk := source.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise BadZipFile(entry.filename)
            file.write(chunk)
            meter.add(len(chunk))
    if left:
        raise BadZipFile(entry.filename)


def _check(session: Path, archive: Path) -> None:
    """Raise UserError where what was unpacked does not open."""
    try:
        opened = Session.open(session)
        opened.info()
        opened.metrics.check()
    except UserError as error:
        said = str(error).replace(f"{session}{os.sep}", "").replace(str(session), "it")
        raise UserError(f"{archive} holds no session that opens: {said}") from None


def _require_room(archive: Path, folder: Path, total: int) -> None:
    free = shutil.disk_usage(folder).free
    if total + SPARE > free:
        raise UserError(
            f"{archive} needs {total / 2**20:,.0f} MiB to be unpacked, and {free / 2**20:,.0f} MiB are free."
        )


def _fresh(name: str) -> Path:
    """A folder of that name among the studio's own sessions, numbered where it is taken."""
    path, count = sessions_folder() / name, 1
    while path.exists():
        count += 1
        path = sessions_folder() / f"{name} ({count})"
    return path


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """A new folder beside ``path``, which is gone afterwards unless it was moved away, whatever happened."""
    made: Sequence[Path] = [folder for folder in path.parents if not folder.exists()]
    aside = path.with_name(f"{PART}{uuid.uuid4().hex[:8]}")
    aside.mkdir(parents=True)
    try:
        yield aside
    finally:
        with suppress(OSError):
            remove(aside)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()  # nothing is in it where nothing came of it
