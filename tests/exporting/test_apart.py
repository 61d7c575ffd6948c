"""Work in a process of its own comes to an end that is told, whatever it does."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ganstudio.data.dataset import silent
from ganstudio.errors import Cancelled, UserError
from ganstudio.exporting.apart import run_apart


def act(what: str, path: Path) -> None:
    path.write_text(str(os.getpid()))
    if what == "refuse":
        raise UserError("It is too large.")
    if what == "fail":
        raise ZeroDivisionError("by nothing")
    if what == "die":
        os._exit(3)
    while what == "hang":
        time.sleep(0.05)


def test_it_is_done_in_another_process(tmp_path: Path) -> None:
    run_apart(act, "do", tmp_path / "id", what="Working", progress=silent)
    assert int((tmp_path / "id").read_text()) != os.getpid()


@pytest.mark.parametrize(
    ("what", "error", "words"),
    [
        ("refuse", UserError, r"^It is too large\.$"),
        ("fail", RuntimeError, "in act\n(.|\n)*ZeroDivisionError: by nothing"),
        ("die", RuntimeError, "the process died"),
    ],
)
def test_failures_come_over(what: str, error: type[Exception], words: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=words):
        run_apart(act, what, tmp_path / "id", what="Working", progress=silent)


def test_cancelling_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "id"

    def progress(what: str, done: int, total: int) -> None:
        if path.exists() and path.read_text():
            raise Cancelled

    with pytest.raises(Cancelled):
        run_apart(act, "hang", path, what="Working", progress=progress)
    with pytest.raises(ProcessLookupError):
        os.kill(int(path.read_text()), 0)
