"""A session whose place takes no more (disk full, folder gone) goes on in another place."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ganstudio.engine.events import Snapshot, Started
from ganstudio.errors import UserError
from ganstudio.session.annotations import write_annotations
from ganstudio.session.checkpoints import write_checkpoint
from ganstudio.session.files import PART, reason, remove
from ganstudio.session.lock import Lock
from ganstudio.session.metrics import MetricsWriter
from ganstudio.session.places import CHECKPOINTS, METRICS, RECORD, SAMPLES, ensure_free
from ganstudio.session.replaying import write_started
from ganstudio.session.schema import write_record
from ganstudio.session.session import Session


@dataclass(frozen=True)
class Held:
    """What a writer holds of its session in memory, and through files that are open."""

    session: Session
    history: MetricsWriter
    started: Started | None
    latest: Snapshot | None


def rescue(path: Path, held: Held) -> tuple[Session, Lock, MetricsWriter]:
    """Make a session of what is held, and take its lock.

    The history comes through the connection that is open, so that of a deleted folder is there still; the
    pictures come as far as they can be read. Raises UserError, and leaves nothing, where it cannot be made.
    """
    path, old = ensure_free(path), held.session
    if path.is_relative_to(old.path):
        raise UserError(f"{path} lies in the session that cannot be written; choose another folder.")
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    lock: Lock | None = None
    try:
        (path / SAMPLES).mkdir(parents=True)
        (path / CHECKPOINTS).mkdir()
        held.history.copy_to(path / METRICS)
        _copy_pictures(old.path / SAMPLES, path / SAMPLES)
        if held.started is not None:
            write_started(path, held.started)
        if held.latest is not None:
            write_checkpoint(path / CHECKPOINTS, held.latest)
        write_record(path / RECORD, old.record)
        with suppress(UserError):  # a folder that is gone has none
            write_annotations(path, old.annotations)
        lock = Lock(path)
        return Session(path, old.record), lock, MetricsWriter(path / METRICS)
    except (OSError, sqlite3.Error) as error:
        if lock is not None:
            lock.release()
        with suppress(OSError):
            for entry in path.iterdir():
                remove(entry)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        why = reason(error) if isinstance(error, OSError) else error
        raise UserError(f"The session could not be saved in {path} either: {why}.") from None


def _copy_pictures(source: Path, target: Path) -> None:
    with suppress(OSError):
        for picture in sorted(source.iterdir()):
            if picture.is_symlink() or not picture.is_file() or picture.name.startswith(PART):
                continue
            try:
                shutil.copyfile(picture, target / picture.name)
            except OSError:
                remove(target / picture.name)  # half a picture is worse than none; the state matters more
                return
