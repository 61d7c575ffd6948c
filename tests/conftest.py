"""What all tests share: no window on a screen, no file of the person touched, no thread left behind."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot

CHECKOUT = Path(__file__).resolve().parents[1]
XDG_NAMES = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")

PATIENCE = 30000  # ms; a busy machine is no fault, and what is right is seen at once

_home = pytest.StashKey[Path]()
_numbers = count()


def pytest_configure(config: pytest.Config) -> None:
    """Set the environment before anything imports Qt or torch; child processes inherit it."""
    settings.register_profile("studio", deadline=None)  # a busy machine is no fault
    settings.load_profile("studio")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # torch reads it at its import; tests run side by side
    os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")  # as in ganstudio/__init__.py
    home = Path(tempfile.mkdtemp(prefix="ganstudio-tests-"))
    config.stash[_home] = home
    # Qt keeps QSettings in XDG_CONFIG_HOME, both in its native and in its INI format.
    for name in XDG_NAMES:
        folder = home / name.lower()
        folder.mkdir(mode=0o700)
        os.environ[name] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folders that stood for the person's own."""
    shutil.rmtree(config.stash[_home], ignore_errors=True)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with real data sets (MNIST, CIFAR-10); a test is skipped on a machine that has none."""
    folder = Path(os.environ.get("GANSTUDIO_TEST_DATA", CHECKOUT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"shared_data: there is no folder {folder}; GANSTUDIO_TEST_DATA can name another")
    return folder


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> QtBot:
    """Pytest-qt's, which by itself waits for five seconds where no time is given."""
    bot = QtBot(request)
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitCallback", "waitExposed", "waitActive"):
        setattr(bot, name, partial(getattr(bot, name), timeout=PATIENCE))
    return bot


@pytest.fixture(autouse=True)
def data_home(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has a data home of its own, which does not exist until something is kept in it."""
    home = request.config.stash[_home] / f"data-{next(_numbers)}"
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def garbage_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """In tests of the window look for garbage at their end only, and nowhere else until another kind of test.

    What threads find while they run crashes Qt. And while Qt destroys an object it holds a lock: a search for
    garbage that begins just then may find another object that needs the same lock, and never ends.
    """
    has_qt = {"qtbot", "qapp"} & set(request.fixturenames) or "ui" in request.path.parts
    if not has_qt:
        gc.enable()
        yield
        return
    gc.disable()
    yield
    gc.collect(1)  # what came since the last one


@pytest.fixture(autouse=True)
def no_dangling_threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a QThread running: Qt aborts the process when such a thread is destroyed."""
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        yield
        return
    from PySide6.QtCore import QThread  # tests without a window need no Qt

    started: WeakSet[QThread] = WeakSet()
    start = QThread.start

    def remember(thread: QThread, *arguments: Any) -> None:
        started.add(thread)
        start(thread, *arguments)

    monkeypatch.setattr(QThread, "start", remember)
    yield
    running = [thread for thread in list(started) if _is_running(thread)]
    for thread in running:  # so that the tests after this one can run
        thread.requestInterruption()
        thread.quit()
        thread.wait(5000)
    if running:
        pytest.fail(f"left running: {', '.join(repr(thread) for thread in running)}")


def _is_running(thread: Any) -> bool:
    """Whether a thread still runs after the moment that ending takes; its C++ side may be gone already."""
    valid = sys.modules["shiboken6"].isValid(thread)
    return valid and thread.isRunning() and not thread.wait(1000)
