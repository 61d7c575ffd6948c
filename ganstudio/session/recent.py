"""The sessions that a person used last: those in the studio's own folder, and those opened elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import platformdirs

from ganstudio.errors import UserError
from ganstudio.paths import sessions_folder
from ganstudio.session.annotations import Annotations, read_annotations
from ganstudio.session.checkpoints import list_checkpoints
from ganstudio.session.files import read_json, write_json
from ganstudio.session.lock import holder_of
from ganstudio.session.metrics_reader import MetricsReader
from ganstudio.session.places import CHECKPOINTS, METRICS, RECORD, SAMPLES, list_pictures

REMEMBERED = 50  # paths
BEGUN, ENDED = ("started", "resumed"), ("finished", "interrupted", "reverted", "forked", "copied")


@dataclass(frozen=True)
class RecentSession:
    """What a list shows of a session, gathered from names of files and the notes.

    ``iteration`` is that of the newest checkpoint (0 where there is none), ``thumbnail`` the newest samples,
    ``interrupted`` says that its writer died without closing it, ``running`` that one is writing now.
    """

    path: Path
    name: str
    iteration: int
    changed: datetime
    thumbnail: Path | None
    interrupted: bool = False
    running: bool = False
    tags: tuple[str, ...] = ()
    notes: str = ""


def missing_sessions() -> list[Path]:
    """Paths that were opened once and at which there is no session any more."""
    return [path for path in _remembered() if not (path / RECORD).exists()]


def recent_sessions(limit: int = 20) -> list[RecentSession]:
    """Sessions that exist, newest first; what is none, or cannot be read, is left out."""
    own: Iterable[Path] = ()
    with suppress(OSError):
        own = list(sessions_folder().iterdir())
    found = [session for path in {*own, *_remembered()} if (session := _look_at(path)) is not None]
    return sorted(found, key=lambda session: (session.changed, session.name), reverse=True)[:limit]


@dataclass(frozen=True)
class InterruptedSession:
    """A session that was being trained when its program died.

    Training goes on at ``iteration``, that of its newest checkpoint; it had come to ``reached``.
    """

    path: Path
    name: str
    iteration: int
    reached: int
    changed: datetime
    thumbnail: Path | None


def interrupted_sessions(limit: int = 20) -> list[InterruptedSession]:
    """Sessions whose training never ended in an orderly way and which nobody trains now, newest first."""
    return [
        InterruptedSession(each.path, each.name, each.iteration, _reached(each), each.changed, each.thumbnail)
        for each in recent_sessions(limit)
        if not each.running and (each.interrupted or _is_open_ended(each.path))
    ]


def remember(path: Path) -> None:
    """Have a session listed from now on, wherever it lies. A list that cannot be written stops nobody."""
    path = path.absolute()
    _write([path, *(known for known in _remembered() if known != path)])


def forget(path: Path) -> None:
    """Take a session that lies outside the studio's own folder off the list; its files stay."""
    _write([known for known in _remembered() if known != path.absolute()])


def _file() -> Path:
    return Path(platformdirs.user_state_dir("ganstudio", appauthor=False)) / "recent.json"


def _remembered() -> list[Path]:
    try:
        paths = read_json(_file())["sessions"]
        return [Path(path) for path in paths if isinstance(path, str)]
    except (UserError, KeyError, TypeError):
        return []


def _write(paths: list[Path]) -> None:
    with suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        write_json(_file(), {"sessions": [str(path) for path in paths[:REMEMBERED]]})


def _is_open_ended(path: Path) -> bool:
    """Whether the last training that began in a session is not known to have ended."""
    try:
        return MetricsReader(path / METRICS).last_event(BEGUN + ENDED) in BEGUN
    except UserError:
        return False


def _reached(session: RecentSession) -> int:
    try:
        return max(session.iteration, MetricsReader(session.path / METRICS).last_iteration())
    except UserError:
        return session.iteration


def _look_at(path: Path) -> RecentSession | None:
    try:
        changed = (path / RECORD).stat().st_mtime
        if not (path / RECORD).is_file() or (path / SAMPLES).is_symlink():
            return None
        pictures = list_pictures(path / SAMPLES)
        thumbnail = pictures[-1] if pictures else None
        times = [
            changed,
            *(p.stat().st_mtime for p in (path / CHECKPOINTS, thumbnail) if p is not None and p.exists()),
        ]
        moment = datetime.fromtimestamp(max(times)).astimezone()
    except (OSError, OverflowError, ValueError):
        return None
    holder = holder_of(path)
    alive = holder is not None and holder.is_alive()
    iteration = max(list_checkpoints(path / CHECKPOINTS), default=0)
    written = Annotations()
    with suppress(UserError):
        written = read_annotations(path)
    return RecentSession(
        path,
        path.name,
        iteration,
        moment,
        thumbnail,
        holder is not None and not alive,
        alive,
        written.tags,
        written.notes,
    )
