"""One writer at a time, from one program to the next."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from session_events import experiment

from ganstudio.errors import UserError
from ganstudio.session import lock as locks
from ganstudio.session.lock import Lock
from ganstudio.session.session import Session

HOLD = """
import sys
from pathlib import Path
from ganstudio.session.lock import Lock
Lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Session.create(tmp_path / "run", experiment()).path


def test_a_program_that_lives_is_named_and_a_killed_one_is_taken_over(folder: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UserError, match=f"in use by process {other.pid} on ") as refused:
            Lock(folder)
        assert str(refused.value).endswith(".")
    finally:
        other.kill()
        other.communicate()
    holder = locks.holder_of(folder)
    assert holder is not None
    assert not holder.is_alive()
    Lock(folder).release()
    assert sorted(path.name for path in folder.iterdir() if "lock" in path.name) == []


def test_only_its_holder_gives_a_lock_back(folder: Path) -> None:
    first = Lock(folder)
    text = (folder / "lock").read_text()
    (folder / "lock").write_text(
        text.replace(f'"token": "{text.split("token")[1][4:10]}', '"token": "other!')
    )
    first.release()
    assert (folder / "lock").exists()
    with pytest.raises(UserError, match="taken over"):
        first.beat()


def test_where_there_are_no_hard_links_there_is_one_writer_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)
    first = Lock(folder)
    with pytest.raises(UserError, match="in use by process"):
        Lock(folder)
    first.release()
    Lock(folder).release()
    assert [path for path in folder.iterdir() if "lock" in path.name] == []


@pytest.mark.parametrize("made_anew", [False, True])
def test_of_two_that_take_over_a_dead_writers_lock_one_gets_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, made_anew: bool
) -> None:
    """Between this one's look at the stale lock and its taking, the other one has done so already."""
    Lock(folder)
    stale = (folder / "lock").read_text().replace(f'"pid": {os.getpid()}', '"pid": 4194304')
    (folder / "lock").write_text(stale)
    look = locks.holder_of

    def faster(session: Path) -> locks.Holder | None:
        seen = look(session)
        monkeypatch.setattr(locks, "holder_of", look)
        (folder / "lock").unlink()
        if made_anew:
            Lock(folder)
        return seen

    monkeypatch.setattr(locks, "holder_of", faster)
    if made_anew:
        with pytest.raises(UserError, match=f"in use by process {os.getpid()}"):
            Lock(folder)
        holder = locks.holder_of(folder)
        assert holder is not None
        assert holder.is_alive()
    else:
        Lock(folder).release()
    assert not [path for path in folder.iterdir() if path.name.startswith(".part")]


def test_a_folder_that_takes_no_file_is_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *arguments: object, **options: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(UserError, match="cannot be written to: the disk is read-only"):
        Lock(folder)
    assert not (folder / "lock").exists()
