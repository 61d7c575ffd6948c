"""What the parts of a session are called on disk, and where sessions lie."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from ganstudio.errors import UserError
from ganstudio.paths import sessions_folder
from ganstudio.session.files import DIGITS, reason

RECORD, METRICS, SAMPLES, CHECKPOINTS = "session.json", "metrics.sqlite", "samples", "checkpoints"


def require_own_files(path: Path) -> None:
    """Raise UserError for what could lead out of a session: training writes, and retires, what lies in it."""
    try:
        for entry in path.iterdir():
            if entry.is_symlink():
                raise UserError(
                    f"{entry} is a symbolic link, and a session holds files of its own only; "
                    "it was left as it is."
                )
            if entry.name == f"{METRICS}-journal":  # SQLite would act upon it; ours leaves none
                raise UserError(f"{entry} belongs in no session; remove it if you trust the rest.")
    except OSError as error:
        raise UserError(f"{path} could not be read: {reason(error)}.") from None


def list_pictures(folder: Path) -> list[Path]:
    """Plain files called by an iteration, oldest first."""
    try:
        with os.scandir(folder) as entries:
            found = [
                Path(entry.path)
                for entry in entries
                if entry.name.endswith(".png") and entry.is_file(follow_symlinks=False)
            ]
    except OSError:
        return []
    numbered = (path for path in found if path.stem.isdecimal() and len(path.stem) <= DIGITS)
    return sorted(numbered, key=lambda path: int(path.stem))


def ensure_free(path: Path) -> Path:
    """The absolute path for a new session. Raises UserError where something is there already."""
    path = path.expanduser().absolute()
    try:
        if path.is_dir() and any(path.iterdir()):
            kind = "a session" if (path / RECORD).exists() else "a folder with files in it"
            raise UserError(f"{path} is {kind} already; choose another folder for the new session.")
        if path.exists() and not path.is_dir():
            raise UserError(f"{path} is a file; choose another place for the new session.")
    except OSError as error:
        raise UserError(f"{path} cannot be used: {reason(error)}.") from None
    return path


def safe_name(name: str) -> str:
    """A name for a file or folder that every system takes, as near to ``name`` as that allows."""
    kept = "".join(c if c.isalnum() or c in " -_.()+" else "-" for c in name)[:60].strip(" .-")
    return kept or "experiment"


def default_session_path(experiment_name: str) -> Path:
    """A fresh folder among the person's sessions, such as "digits-wgan-gp 2026-11-21 14.05"."""
    stem = f"{safe_name(experiment_name)} {datetime.now():%Y-%m-%d %H.%M}"
    path, count = sessions_folder() / stem, 1
    while path.exists():
        count += 1
        path = sessions_folder() / f"{stem} ({count})"
    return path
