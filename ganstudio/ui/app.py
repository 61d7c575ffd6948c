"""Starts the window."""

from __future__ import annotations

import locale
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QObject, QSettings, QSocketNotifier, QTimer, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from ganstudio import __version__
from ganstudio.errors import UserError
from ganstudio.experiment.files import Preset
from ganstudio.experiment.files import preset as find_preset
from ganstudio.paths import resource
from ganstudio.session.session import Session
from ganstudio.ui.controller import Controller
from ganstudio.ui.garbage import GarbageHere
from ganstudio.ui.layout_memory import DEFAULT_SIZE
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.memory import Memory
from ganstudio.ui.screenshot import check_target

FAULT = 1  # exit status of a fault of the program; a person's mistake is raised as UserError
FLUSH_MS = 20  # what was drawn goes to the screen only when the event loop has nothing else to do
TORCH_DELAY_MS = 100  # lets the window draw itself before torch takes the processor


@dataclass(frozen=True)
class Plan:
    """What shall happen once the window is there; see ``run``."""

    session: Path | None
    screenshot: Path | None
    preset: Preset | None
    iterations: int | None
    dark: bool | None
    size: tuple[int, int] | None

    @property
    def opens_at_once(self) -> bool:
        """Whether the start page is passed over."""
        return bool(self.session or self.screenshot or self.preset)


def run(
    session: Path | None = None,
    screenshot: Path | None = None,
    preset: str | None = None,
    iterations: int | None = None,
    dark: bool | None = None,  # noqa: FBT001 - None follows the person's settings
    size: tuple[int, int] | None = None,
) -> int:
    """Show the window until the person closes it; returns the exit status.

    ``session`` is opened, or ``preset`` is chosen; ``size`` is in pixels. With ``screenshot`` the preset is
    also trained for ``iterations`` (None: as many as it says); the window saves a picture of itself when all
    that is done, and closes. It then neither reads nor writes the person's settings and recent sessions, and
    keeps no session.

    Raises UserError for a preset or session that is none, and for a picture that could not be taken.
    """
    if iterations is not None and not (preset and screenshot):
        raise UserError(
            "Iterations are for a picture of a preset; in the window the number stands in the toolbar."
        )
    chosen = find_preset(preset) if preset else None
    is_dark = bool(dark) if screenshot else dark  # a picture looks the same on every desktop
    plan = Plan(session, screenshot, chosen, iterations, is_dark, size)
    if session is not None:
        Session.open(session)
    # Threads that spin while they wait for work starve the window; torch reads this when it is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if screenshot is None:
        ini = QSettings.Format.IniFormat
        return _show(plan, QSettings(ini, QSettings.Scope.UserScope, "ganstudio", "ganstudio"), Memory())
    check_target(screenshot)
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as folder:
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        return _show(
            plan, settings, Memory(lambda name: Path(folder, name), list, lambda _: None, list, list)
        )


def make_application() -> QApplication:
    """Make the application object, or take the one that is there, with the studio's name and icon."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    locale.setlocale(
        locale.LC_NUMERIC, "C"
    )  # Qt takes the desktop's, and then "0.5" is no number to C libraries
    app.setApplicationName("GAN Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("ganstudio")
    app.setWindowIcon(QIcon(str(resource("icons", "ganstudio.png"))))
    return app


class Run(QObject):
    """One showing of the window: begins what the plan says, and gathers what went wrong."""

    faulted = Signal(str, str)  # a sentence and a traceback, from any thread

    def __init__(self, window: MainWindow, plan: Plan) -> None:
        super().__init__(window)  # and goes with it
        self._window = window
        self._plan = plan
        self.sentence = ""
        self.detail = ""
        self.faulted.connect(self._on_fault)
        if plan.screenshot:
            window.photographer.done.connect(self._on_picture)

    @Slot()
    def begin(self) -> None:
        """Do what the plan says."""
        plan, window = self._plan, self._window
        try:
            if plan.session:
                window.controller.open(plan.session)
            if plan.preset and plan.screenshot:
                window.commands.picture_preset(plan.preset.name, plan.iterations, plan.screenshot)
            elif plan.screenshot:
                window.photographer.shoot(plan.screenshot)
            elif plan.preset:
                window.commands.open_preset(plan.preset.name)
        except UserError as error:
            self._on_picture(str(error), "")

    def hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Take an exception that nobody caught (Python calls it): on stderr and among the problems."""
        detail = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(detail)
        self.faulted.emit(f"There is a fault in the program ({kind.__name__}: {error}).", detail)

    @Slot(str, str)
    def _on_fault(self, sentence: str, detail: str) -> None:
        with suppress(Exception):  # a fault in showing faults must not call this for ever
            self._window.controller.trouble(sentence, detail)
        if self._plan.screenshot:
            self._on_picture(sentence, detail)

    @Slot(str, str)
    def _on_picture(self, sentence: str, detail: str) -> None:
        self.sentence, self.detail = self.sentence or sentence, self.detail or detail
        self._window.close_now()


def _show(plan: Plan, settings: QSettings, memory: Memory) -> int:
    app = make_application()  # without which no clock goes
    with GarbageHere():
        sentence, detail = _shown(app, plan, settings, memory)
    if detail:
        sys.stderr.write(f"{sentence}\n")
        return FAULT
    if sentence:
        raise UserError(sentence)
    return 0


def _shown(app: QApplication, plan: Plan, settings: QSettings, memory: Memory) -> tuple[str, str]:
    """Show the window until it closes; what went wrong, and its traceback. Nothing of Qt is left behind."""
    window = MainWindow(Controller(memory=memory), settings, dark=plan.dark, furnished=False)
    if plan.size:
        window.resize(*plan.size)
    elif plan.screenshot:
        window.resize(DEFAULT_SIZE)
    showing = Run(window, plan)
    with _interruptible(window), _hooked(showing):
        if plan.opens_at_once:
            window.furnish()
            QTimer.singleShot(0, showing.begin)
        painted = FirstPaint(window)
        painted.happened.connect(window.furnish)
        painted.happened.connect(lambda: load_torch_soon(window))
        window.show()
        app.exec()
    window.loader.wait()  # it may have begun while the window closed
    settings.sync()
    window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # now, and not as garbage in no order
    app.processEvents()
    return showing.sentence, showing.detail


def load_torch_soon(window: MainWindow) -> None:
    """Begin to load torch once the window has drawn itself."""
    timer = QTimer(window.loader, singleShot=True, interval=TORCH_DELAY_MS)  # ends with the window
    timer.timeout.connect(window.loader.start)
    timer.start()


class FirstPaint(QObject):
    """Tells that a window has been drawn, once, as soon as the screen had time to show it."""

    happened = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Wait for the window's first paint."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(FLUSH_MS, self, self.happened.emit)
        return False


@contextmanager
def _hooked(showing: Run) -> Iterator[None]:
    before, sys.excepthook = sys.excepthook, showing.hook
    try:
        yield
    finally:
        sys.excepthook = before


@contextmanager
def _interruptible(window: MainWindow) -> Iterator[None]:
    """Let Ctrl-C save and close, without a question. Qt's loop runs no Python, so a socket wakes it up."""
    reader, writer = socket.socketpair()
    with reader, writer:
        for end in (reader, writer):
            end.settimeout(0)
        notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
        notifier.activated.connect(lambda: reader.recv(64))
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(n, lambda *_: QTimer.singleShot(0, window.close_now)) for n in numbers]
        wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)
            notifier.setEnabled(False)
