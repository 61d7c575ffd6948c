"""Who is writing a session: one program at a time."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ganstudio.errors import UserError
from ganstudio.session.files import PART, gone, read_json, reason, write_json

BEAT = 10.0  # seconds between two signs of life
STALE = 60.0  # seconds without one, after which a writer on another machine counts as dead


@dataclass(frozen=True)
class Holder:
    """A writer.

    Its machine, its process with the moment that began, its last sign of life (seconds since 1970), and what
    training does: preparing, running or paused.
    """

    host: str
    pid: int
    process: str
    token: str
    heartbeat: float
    state: str = "preparing"

    def is_alive(self) -> bool:
        """Whether it may still be writing."""
        if self.host != socket.gethostname() or sys.platform == "win32":
            return time.time() - self.heartbeat < STALE
        return _exists(self.pid) and _began(self.pid) == self.process


class Lock:
    """The file ``lock`` of a session, held from its making to ``release``."""

    def __init__(self, session: Path) -> None:
        """Take the lock.

        A dead writer's is taken over. Raises UserError where another program writes, or it cannot be made.
        """
        self._path = session / "lock"
        self._session = session
        pid = os.getpid()
        self._holder = Holder(socket.gethostname(), pid, _began(pid), uuid.uuid4().hex, time.time())
        try:
            if self._path.exists():
                self._take_over()
            self._make()
        except FileExistsError:
            raise self._refusal(holder_of(session)) from None
        except OSError as error:
            raise UserError(f"The session {session} cannot be written to: {reason(error)}.") from None

    @property
    def token(self) -> str:
        """What tells this writer from all others."""
        return self._holder.token

    def beat(self, state: str = "") -> None:
        """Give a sign of life, and say what training does from now on.

        Raises UserError where the lock, or the whole session, is no longer ours; OSError.
        """
        self.check()
        if state:
            self._holder = replace(self._holder, state=state)
        write_json(self._path, {**asdict(self._holder), "heartbeat": time.time()})

    def check(self) -> None:
        """Raise UserError where the session was removed or another program has taken it over."""
        holder = holder_of(self._session)
        if holder is not None and holder.token == self._holder.token:
            return
        if not self._path.exists():  # asked last: it may have gone while the lock was being read
            raise UserError(gone(self._session))
        raise UserError(
            f"Another program has taken over the session {self._session}; no more is written here."
        )

    def release(self) -> None:
        """Give the lock back."""
        holder = holder_of(self._session)
        if holder is not None and holder.token == self._holder.token:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _make(self) -> None:
        """Create the file with its content at once, or raise FileExistsError."""
        text = json.dumps(asdict(self._holder), indent=1)
        part = self._path.with_name(f"{PART}{self._holder.token[:8]}-lock")
        part.write_text(text, encoding="utf-8")
        try:
            os.link(part, self._path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            with self._path.open("x", encoding="utf-8") as file:
                file.write(text)
        finally:
            part.unlink(missing_ok=True)

    def _take_over(self) -> None:
        """Set a dead writer's lock aside; refuse where the writer lives."""
        before = holder_of(self._session)
        if before.is_alive() if before is not None else time.time() - self._path.stat().st_mtime < STALE:
            raise self._refusal(before)
        aside = self._path.with_name(f"{PART}{self._holder.token[:8]}-stale-lock")
        try:
            self._path.replace(aside)
        except FileNotFoundError:  # another program was faster
            return
        taken = _read(aside)
        if (
            taken != before
        ):  # another program took it over in the same moment, and that one's we have just moved
            aside.replace(self._path)
            raise self._refusal(taken)
        aside.unlink()

    def _refusal(self, holder: Holder | None) -> UserError:
        who = f"process {holder.pid} on {holder.host}" if holder else "another program"
        return UserError(
            f"The session {self._session} is in use by {who}; stop that first, or choose another session."
        )


def in_use(session: Path) -> str:
    """A sentence that says which other program writes a session; "" where none does."""
    holder = holder_of(session)
    if holder is None or not holder.is_alive():
        return ""
    return f"The session {session} is in use by process {holder.pid} on {holder.host}."


def holder_of(session: Path) -> Holder | None:
    """The writer that a session's lock names, dead or alive.

    None where there is none, or it cannot be read.
    """
    return _read(session / "lock")


def _read(path: Path) -> Holder | None:
    try:
        raw = read_json(path)
        return Holder(
            str(raw["host"]),
            int(raw["pid"]),
            str(raw["process"]),
            str(raw["token"]),
            float(raw["heartbeat"]),
            str(raw.get("state", "running")),  # not there in sessions of the first releases
        )
    except (UserError, KeyError, OverflowError, TypeError, ValueError):
        return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OverflowError:
        return False  # no process has such a number
    except OSError:
        return True  # it is another user's
    return True


def _began(pid: int) -> str:
    """When a process began, in the system's own count.

    Tells a process from a later one with the same number.
    """
    try:
        # The name in the second field may hold spaces and brackets; the 22nd field is the start.
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()[19]
        )
    except (OSError, IndexError):
        return ""
