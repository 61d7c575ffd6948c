"""Where garbage is looked for."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ganstudio.ui.garbage import GarbageHere

MANY = 20_000  # objects, so many that Python would look for garbage by itself


@pytest.fixture
def threads() -> Iterator[set[int]]:
    """Numbers of the threads in which garbage is looked for."""
    found: set[int] = set()

    def note(phase: str, _facts: dict[str, int]) -> None:
        found.add(threading.get_ident())

    gc.callbacks.append(note)
    yield found
    gc.callbacks.remove(note)


def objects_made_elsewhere() -> list[list[object]]:
    """Make many objects in another thread."""
    kept: list[list[object]] = []

    def make() -> None:
        kept.extend([[] for _ in range(MANY)])

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    return kept


def test_only_the_thread_of_the_window_looks_for_garbage(qtbot: QtBot, threads: set[int]) -> None:
    gone: list[str] = []
    with GarbageHere() as here:
        cycle = QObject()
        cycle.itself = cycle
        cycle.destroyed.connect(lambda: gone.append("here"))
        del cycle
        kept = objects_made_elsewhere()
        assert len(kept) == MANY
        assert threads == set()
        assert here._clock is not None
        here._clock.look()
        assert threads == {threading.get_ident()}
    assert gone == ["here"]


def test_garbage_is_not_looked_for_where_there_is_none_to_speak_of(qtbot: QtBot, threads: set[int]) -> None:
    with GarbageHere() as here:
        gc.collect()
        threads.clear()
        assert here._clock is not None
        here._clock.look()
        assert threads == set()


@pytest.mark.parametrize("enabled", [True, False])
def test_at_the_end_it_is_looked_for_as_before_and_not_while_the_clock_goes(
    qtbot: QtBot, enabled: bool
) -> None:
    (gc.enable if enabled else gc.disable)()
    seen: list[bool] = []
    with GarbageHere() as here:
        assert not gc.isenabled()
        assert here._clock is not None
        here._clock.destroyed.connect(lambda: seen.append(gc.isenabled()))
    assert seen == [False]
    assert gc.isenabled() == enabled
