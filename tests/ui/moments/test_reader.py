"""Reading moments beside the window."""

from __future__ import annotations

from pathlib import Path
from threading import Event as Flag

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from stored_history import stored_session

from ganstudio.errors import UserError
from ganstudio.session.moments import Moment
from ganstudio.session.session import Session
from ganstudio.ui.moments import reader as module
from ganstudio.ui.moments.reader import MomentReader, Wish


class Listener:
    def __init__(self, reader: MomentReader) -> None:
        self.found: list[Moment] = []
        self.settled: list[bool] = []
        self.failed: list[tuple[str, str]] = []
        reader.found.connect(self._on_found)
        reader.failed.connect(self._on_failed)

    def _on_found(self, wish: Wish, moment: Moment, is_settled: bool) -> None:
        assert moment.iteration == wish.iteration
        self.found.append(moment)
        self.settled.append(is_settled)

    def _on_failed(self, wish: Wish, sentence: str, detail: str) -> None:
        self.failed.append((sentence, detail))


@pytest.fixture
def reader(qapp: object) -> MomentReader:
    return MomentReader()


def test_a_moment_comes_with_what_was_to_be_seen_then(
    qtbot: QtBot, reader: MomentReader, tmp_path: Path
) -> None:
    listener = Listener(reader)
    with qtbot.waitSignal(reader.found):
        reader.read(stored_session(tmp_path / "run"), 47)
    (moment,) = listener.found
    assert moment.samples
    assert moment.samples.iteration == 40
    assert np.array_equal(moment.samples.generated[0], [40, 0])
    assert moment.norms
    assert moment.norms.iteration == 40


def test_while_the_disk_is_slow_only_the_newest_wish_is_read_next(
    qtbot: QtBot, reader: MomentReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on, read = Flag(), Flag(), []

    def slowly(session: Session, iteration: int) -> Moment:
        read.append(iteration)
        begun.set()
        assert goes_on.wait(30)
        return Moment(iteration, None, None, {}, None)

    monkeypatch.setattr(module, "moment_of", slowly)
    session, listener = stored_session(tmp_path / "run"), Listener(reader)
    reader.read(session, 1)
    assert begun.wait(30)
    for wish in range(2, 50):  # none of these calls waits
        reader.read(session, wish)
    goes_on.set()
    qtbot.waitUntil(lambda: len(listener.found) == 2)
    assert read == [1, 49]


def test_what_was_read_of_the_settled_past_is_kept_and_the_newest_is_not(
    qtbot: QtBot, reader: MomentReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def counted(session: Session, iteration: int) -> Moment:
        read.append(iteration)
        return Moment(iteration, None, None, {}, None)

    monkeypatch.setattr(module, "moment_of", counted)
    session, listener = stored_session(tmp_path / "run"), Listener(reader)
    for iteration in (30, 30, 100, 100):
        with qtbot.waitSignal(reader.found):
            reader.read(session, iteration)
    assert read == [30, 100, 100]
    assert listener.settled == [True, True, False, False]
    reader.forget()
    with qtbot.waitSignal(reader.found):
        reader.read(session, 30)
    assert read == [30, 100, 100, 30]


def test_damage_is_one_sentence_and_a_fault_has_its_traceback(
    qtbot: QtBot, reader: MomentReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, listener = stored_session(tmp_path / "run"), Listener(reader)

    def fail(session: Session, iteration: int) -> Moment:
        raise UserError("It is damaged.") if iteration == 1 else RuntimeError("A fault")

    monkeypatch.setattr(module, "moment_of", fail)
    for iteration in (1, 2):
        with qtbot.waitSignal(reader.failed):
            reader.read(session, iteration)
    assert listener.failed[0] == ("It is damaged.", "")
    assert "RuntimeError: A fault" in listener.failed[1][1]
