"""A copy of a history that another machine writes: SQLite shares a write-ahead log within one machine only.

What lies in the main file and what in the log is told by the log's header, whose salts change whenever the
log begins anew. Where the header is the same before and after copying, every page that may have changed in
the main file meanwhile is in the copied log, too, and takes its place; what was half-written at the log's end
fails its checksum and counts as not there yet (https://www.sqlite.org/walformat.html#recovery).
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import weakref
from pathlib import Path
from threading import RLock

from ganstudio.errors import UserError
from ganstudio.session.files import read_plain
from ganstudio.session.lock import holder_of

HEADER = 32  # bytes at the beginning of the log
LOG_LIMIT = 2**32  # bytes; SQLite begins it anew after about four million
ATTEMPTS = 5

Stamp = tuple[int, int, int]


def is_written_elsewhere(session: Path) -> bool:
    """Whether the lock names a writer on another machine."""
    holder = holder_of(session)
    return holder is not None and holder.host != socket.gethostname()


class Mirror:
    """Copies what has changed since the last time; ``lock`` is held while the copy is in use."""

    def __init__(self, source: Path) -> None:
        """Nothing is copied yet; what is copied goes with this object."""
        self.lock = RLock()
        self._source = source
        self._log = source.with_name(f"{source.name}-wal")
        self._copy: Path | None = None
        self._state: tuple[bytes, Stamp | None] | None = None  # of the main file's copy

    def renew(self) -> Path:
        """Bring the copy up to date and return it. Raises OSError and UserError."""
        copy = self._place()
        for _ in range(ATTEMPTS):
            header = self._header()
            state = (header, None if header else self._stamp())
            if state != self._state:
                self._state = None
                shutil.copyfile(self._source, copy, follow_symlinks=False)
            log = copy.with_name(f"{copy.name}-wal")
            log.write_bytes(read_plain(self._log, LOG_LIMIT) if header else b"")
            copy.with_name(f"{copy.name}-shm").unlink(missing_ok=True)
            if state == (self._header(), None if header else self._stamp()):
                self._state = state
                return copy
        raise UserError(f"{self._source} changes faster than it can be copied from where it is written.")

    def _place(self) -> Path:
        if self._copy is None:
            folder = tempfile.mkdtemp(prefix="ganstudio-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._copy = Path(folder) / "metrics.sqlite"
        return self._copy

    def _header(self) -> bytes:
        """The log's header; empty where there is no log."""
        try:
            with self._log.open("rb") as file:
                return file.read(HEADER)
        except FileNotFoundError:
            return b""

    def _stamp(self) -> Stamp:
        status = self._source.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns
