"""Where the window's sessions go, and how they are found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ganstudio.session.places import default_session_path
from ganstudio.session.recent import (
    InterruptedSession,
    RecentSession,
    forget,
    interrupted_sessions,
    missing_sessions,
    recent_sessions,
    remember,
)


@dataclass(frozen=True)
class Memory:
    """Where sessions go and how they are found again. Taking a picture uses one that forgets."""

    new_session: Callable[[str], Path] = (
        default_session_path  # folder of a new session, by the experiment's name
    )
    recent: Callable[[], list[RecentSession]] = recent_sessions
    remember: Callable[[Path], None] = remember
    interrupted: Callable[[], list[InterruptedSession]] = interrupted_sessions
    missing: Callable[[], list[Path]] = missing_sessions
    forget: Callable[[Path], None] = forget
