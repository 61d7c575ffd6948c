"""Sessions as lines of the runs panel, read beside the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ganstudio.data.dataset import Progress
from ganstudio.errors import UserError
from ganstudio.session.comparing import Run, run_of
from ganstudio.session.lock import holder_of
from ganstudio.session.places import RECORD
from ganstudio.session.recent import RecentSession
from ganstudio.session.session import Session


@dataclass(frozen=True)
class Line:
    """A session with its state in words; where it cannot be read ``run`` is None and ``trouble`` says why."""

    path: Path
    state: str
    run: Run | None
    trouble: str = ""


def reading(
    recent: Callable[[], Iterable[RecentSession]], added: Iterable[Path]
) -> Callable[[Progress], object]:
    """Work for a job that returns a tuple of Line: the recent sessions, and those in the folders added."""
    folders = tuple(added)

    def work(progress: Progress) -> tuple[Line, ...]:
        paths = dict.fromkeys(entry.path for entry in recent())
        for folder in folders:
            paths |= dict.fromkeys(sessions_in(folder))
        lines = []
        for done, path in enumerate(paths):
            progress("Reading sessions", done, len(paths))
            lines.append(line_of(path))
        return tuple(lines)

    return work


def sessions_in(folder: Path) -> list[Path]:
    """The folder itself where it is a session, or else the sessions directly in it, by name."""
    if (folder / RECORD).exists():
        return [folder]
    try:
        return sorted(path for path in folder.iterdir() if (path / RECORD).exists())
    except OSError:
        return []


def line_of(path: Path) -> Line:
    """Read one session."""
    holder = holder_of(path)
    state = "saved" if holder is None else "being trained" if holder.is_alive() else "interrupted"
    try:
        return Line(path, state, run_of(Session.open(path)))
    except UserError as error:
        return Line(path, "unreadable", None, str(error))
    except OSError as error:
        return Line(path, "unreadable", None, f"{path} could not be read: {error.strerror}.")
