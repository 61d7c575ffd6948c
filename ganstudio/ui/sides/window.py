"""The window that shows two sessions side by side, stored ones or two that train."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QToolButton, QVBoxLayout, QWidget

from ganstudio.engine.events import Event
from ganstudio.experiment.describe import row
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.pairs import Pair, differing, same_start
from ganstudio.ui.controller import Controller
from ganstudio.ui.panel import Panel
from ganstudio.ui.plots.history import value_words
from ganstudio.ui.recents import Recents
from ganstudio.ui.redraw import Redraw
from ganstudio.ui.sides.linking import link
from ganstudio.ui.sides.side import Side
from ganstudio.ui.sides.time_bar import TimeBar
from ganstudio.ui.theme import colours, dress

SOON_MS = 50
LISTED = 4  # settings that differ, in words


class SidesWindow(QWidget):
    """Two sides with linked axes and linked time. Closing it stops and saves what trains in it."""

    closed = Signal()
    session_made = Signal()  # a training in here began to write one

    def __init__(self, make_controller: Callable[[], Controller], *, dark: bool) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("sides")
        self.setWindowTitle("Side by side - GAN Studio")
        self._make_controller = make_controller
        self._lesson = ""
        self.left, self.right = Side("left", "Left side"), Side("right", "Right side")
        self.sides = (self.left, self.right)
        self.words = QLabel()
        self.words.setObjectName("sides:words")
        self.words.setWordWrap(True)
        self.pause = self._button("pause", "Pause", "Pause both trainings", self._on_pause)
        self.stop = self._button("stop", "Stop", "Finish the step, save and end both", self.stop_all)
        self.pause.setCheckable(True)
        self.time = TimeBar(self.left, self.right)
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 0)
        head.addWidget(self.words, 1)
        head.addWidget(self.pause)
        head.addWidget(self.stop)
        split = QSplitter(Qt.Orientation.Horizontal)
        for side in self.sides:
            split.addWidget(side)
            side.changed.connect(self._draw)
            side.received.connect(self._on_received)
            side.experiment_changed.connect(self._on_experiment)
        self.left.asked.connect(self.show_left)
        self.right.asked.connect(self.show_right)
        split.setSizes([1000, 1000])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(split, 1)
        column.addWidget(self.time)
        link(self.left, self.right)
        self._redraw = Redraw(self, self._panels)
        self._soon = QTimer(self, interval=SOON_MS, singleShot=True)  # by then both sides know what came
        self._soon.timeout.connect(self.time.follow)
        self.set_dark(dark)
        self._on_state()
        self._on_experiment()

    # What it can be asked for.

    @Slot(object)
    def show_left(self, path: Path) -> None:
        """Show a stored session on the left."""
        self._show(self.left, path)

    @Slot(object)
    def show_right(self, path: Path) -> None:
        """Show a stored session on the right."""
        self._show(self.right, path)

    def train(self, pair: Pair, device: str = "auto", iterations: int | None = None) -> None:
        """Train both experiments of a pair at once, each in a thread of its own."""
        self.when_idle(lambda: self._train(pair, device, iterations or pair.iterations))

    def _train(self, pair: Pair, device: str, iterations: int) -> None:
        self._lesson = pair.words
        for side, experiment in zip(self.sides, (pair.left, pair.right), strict=True):
            controller = self._make_controller()
            controller.setParent(side)
            controller.state_changed.connect(self._on_state)
            controller.session_changed.connect(self._on_made)
            side.listen_to(controller)
            controller.choose(experiment)
            controller.start(iterations, device)
        self._on_state()

    @Slot()
    def stop_all(self) -> None:
        """Finish the step, save and end."""
        for controller in self._controllers():
            controller.resume()
            controller.stop()

    @property
    def is_active(self) -> bool:
        """Whether anything trains in here."""
        return any(controller.is_active for controller in self._controllers())

    def when_idle(self, action: Callable[[], object]) -> None:
        """Do something once nothing trains in here; what does is stopped and saved."""
        active = [controller for controller in self._controllers() if controller.is_active]
        if not active:
            action()
            return
        active[0].when_idle(lambda: self.when_idle(action))

    @Slot(object)
    def show_recents(self, recents: Recents) -> None:
        """Offer these sessions on both sides."""
        for side in self.sides:
            side.show_choices(list(recents.sessions))

    def set_dark(self, dark: bool) -> None:  # noqa: FBT001 - as in the panels
        """Take the dark or the light theme."""
        dress(self, dark)
        theme = colours(dark)
        for side in self.sides:
            side.set_dark(theme, dark=dark)
        self._draw()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop and save what trains, then close."""
        if self.is_active:
            event.ignore()
            self.words.setText("Saving; the window closes when that is done.")
            self.when_idle(lambda: QTimer.singleShot(0, self, self.close))
            return
        self._redraw.stop()
        self._soon.stop()
        for side in self.sides:
            side.leave()
        event.accept()
        self.closed.emit()

    # Inside.

    def _controllers(self) -> list[Controller]:
        return [side.source for side in self.sides if isinstance(side.source, Controller)]

    def _show(self, side: Side, path: Path) -> None:
        """Show a stored session; a training that runs on that side is stopped and saved first."""
        if isinstance(side.source, Controller) and side.source.is_active:
            side.source.when_idle(lambda: QTimer.singleShot(0, self, lambda: self._show(side, path)))
            return
        self._lesson = ""
        side.open(path)
        self._on_state()

    @Slot()
    def _draw(self) -> None:
        self._follow()
        self._redraw.hurry()

    @Slot(object)
    def _on_received(self, events: list[Event]) -> None:
        self._follow()
        self._redraw.handle(events)

    def _follow(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _panels(self) -> list[Panel]:
        """All panels, those beside each other one after the other."""
        return [
            panel for both in zip(*(s.panels.values() for s in self.sides), strict=True) for panel in both
        ]

    @Slot()
    def _on_experiment(self) -> None:
        first, second = (side.experiment for side in self.sides)
        if first is None or second is None:
            self.words.setText("Choose a session on either side.")
            return
        self.words.setText(" ".join(filter(None, (say(first, second), self._lesson))))

    @Slot()
    def _on_made(self) -> None:
        self.session_made.emit()

    @Slot()
    def _on_state(self) -> None:
        controllers = [controller for controller in self._controllers() if controller.is_active]
        self.pause.setVisible(bool(controllers))
        self.stop.setVisible(bool(controllers))
        if not controllers:
            self.pause.setChecked(False)
        for side in self.sides:
            side.say()

    @Slot(bool)
    def _on_pause(self, paused: bool) -> None:  # noqa: FBT001 - a button's slot
        for controller in self._controllers():
            if paused:
                controller.pause()
            else:
                controller.resume()
        self.pause.setText("Go on" if paused else "Pause")

    def _button(self, name: str, words: str, tip: str, slot: Callable[..., object]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"sides:{name}")
        button.setText(words)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(slot)
        return button


def say(first: Experiment, second: Experiment) -> str:
    """What two experiments have in common from the start, and in which settings they differ."""
    start = "Same seed, latents z and data order." if same_start(first, second) else "Other seeds or data."
    found = differing(first, second)
    parts = [
        f"{row(path).info.title} {_value(path, one)} | {_value(path, other)}"
        for path, (one, other) in found.items()
        if one is not None and other is not None
    ]
    only = len(found) - len(parts)
    more = len(parts) - LISTED
    listed = ", ".join(parts[:LISTED]) + (f" and {more} more" if more > 0 else "")
    alone = f", and {only} that only one of them has" if only and parts else ""
    return f"{start} They differ in: {listed}{alone}." if found else f"{start} No setting differs."


def _value(path: str, value: object) -> str:
    return "on" if value is True else "off" if value is False else value_words(path, value)
