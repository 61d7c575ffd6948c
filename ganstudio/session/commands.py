"""Commands that reach a training through its session's folder: small files, read beside training.

Only the program that holds the lock reads them, and only those that are addressed to it: each names the
lock's token, which no session that comes from elsewhere can know. What lay there before is removed unread.
"""

from __future__ import annotations

import getpass
import os
import socket
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganstudio.engine.control import Control
from ganstudio.errors import UserError
from ganstudio.session.files import PART, read_json, reason, write_json
from ganstudio.session.lock import Holder, holder_of

FOLDER = "commands"
ACTIONS = ("stop", "pause", "resume", "save", "edit")
LIMIT = 4096  # bytes of a file
MOST = 64  # files read at a time
NAMES = 80  # characters of a person's or a machine's name, and of a setting's path
VALUE = 1000  # characters of a value

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Command:
    """What a person asks of a training. ``path`` and ``value`` are of an edit only."""

    action: str  # of ACTIONS
    path: str = ""
    value: Value = None
    user: str = ""
    host: str = ""

    @property
    def words(self) -> str:
        """For example "ann on pc7 asked: edit lipschitz.weight = 5"."""
        what = f"edit {self.path} = {self.value}" if self.action == "edit" else self.action
        return f"{self.user or 'Somebody'} on {self.host or 'some machine'} asked: {what}."

    def give(self, control: Control) -> None:
        """Put it into the queue that training reads between two steps."""
        match self.action:
            case "stop":
                control.stop()
            case "pause":
                control.pause()
            case "resume":
                control.resume()
            case "save":
                control.save()
            case "edit":
                control.edit(self.path, self.value)
            case _:
                raise ValueError(self.action)


def send(session: Path, action: str, path: str = "", value: Value = None) -> Path:
    """Leave a command for the program that trains a session; returns the file, which goes once it is read.

    Raises UserError where no program trains it, or the folder cannot be written to.
    """
    holder = holder_of(session)
    if holder is None or not holder.is_alive():
        raise UserError(f"Nobody trains the session {session} now, so nothing was sent.")
    command = Command(action, path, value, _user(), socket.gethostname())
    file = session / FOLDER / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}.json"
    try:
        file.parent.mkdir(exist_ok=True)
        write_json(file, _written(command, holder))
    except OSError as error:
        raise UserError(f"The command could not be left in {session}: {reason(error)}.") from None
    return file


class Inbox:
    """The reading end. Its methods raise nothing but what the program itself does wrong."""

    def __init__(self, session: Path, token: str) -> None:
        """Begin with an empty folder; ``token`` is that of the lock."""
        self._folder = session / FOLDER
        self._token = token
        self.close()

    def take(self) -> list[Command | str]:
        """What was sent since the last call, oldest first; a sentence for each file that holds no command."""
        found: list[Command | str] = []
        for path in self._files():
            content: Command | str | None
            try:
                content = self._read(path)
            except UserError as error:
                content = str(error)
            except (KeyError, TypeError, ValueError):
                content = f"{path} holds no command."
            try:
                path.unlink()  # before it is obeyed, so that nothing is obeyed twice
            except OSError:
                continue
            if content is not None:
                found.append(content)
        return found

    def close(self) -> None:
        """Remove what nobody reads any more; folders, which are no commands, are left alone."""
        for path in self._files(None):
            with suppress(OSError):
                path.unlink()
        with suppress(OSError):
            self._folder.rmdir()

    def _files(self, most: int | None = MOST) -> list[Path]:
        try:
            if self._folder.is_symlink():
                return []
            with os.scandir(self._folder) as entries:
                names = sorted(
                    entry.name
                    for entry in entries
                    if not entry.is_dir(follow_symlinks=False)
                    and (most is None or not entry.name.startswith(PART))
                )
        except OSError:
            return []
        return [self._folder / name for name in names[:most]]

    def _read(self, path: Path) -> Command | None:
        raw = read_json(path, LIMIT)
        if raw["to"] != self._token:
            return None
        command = Command(
            str(raw["action"]),
            _short(raw["path"]),
            _plain(raw["value"]),
            _short(raw["user"]),
            _short(raw["host"]),
        )
        if command.action not in ACTIONS:
            raise ValueError(command.action)
        return command


def _written(command: Command, holder: Holder) -> dict[str, Any]:
    return {
        "to": holder.token,
        "action": command.action,
        "path": command.path,
        "value": command.value,
        "user": command.user,
        "host": command.host,
    }


def _plain(value: object) -> Value:
    if not isinstance(value, Value) or (isinstance(value, str) and len(value) > VALUE):
        raise TypeError(value)
    return value


def _short(value: object) -> str:
    if not isinstance(value, str) or len(value) > NAMES or not value.isprintable():
        raise TypeError(value)
    return value


def _user() -> str:
    try:
        return getpass.getuser()[:NAMES]
    except (KeyError, OSError):  # a container knows no names
        return ""
