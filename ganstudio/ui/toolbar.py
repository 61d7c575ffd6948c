"""The toolbar: train, pause, stop, step, device, iterations, progress and speed."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QAbstractAnimation, QEvent, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QMenu,
    QSizePolicy,
    QSpinBox,
    QToolBar,
    QToolButton,
    QWidget,
)

from ganstudio.ui.progress import Pace, duration
from ganstudio.ui.seldom import Seldom
from ganstudio.ui.speeds import SPEEDS, Speed
from ganstudio.ui.steady import Steady
from ganstudio.ui.telling_bar import TellingBar

PACE_MS = 250
BAR_WIDTH, NARROW_BAR, DEVICE_WIDTH, NARROW_DEVICE = 150, 98, 280, 130  # at least; at most


class Device(Protocol):
    """What the toolbar needs of a device: ``ganstudio.engine.devices.DeviceInfo``."""

    @property
    def name(self) -> str:
        """For example "cuda:0"."""
        ...

    @property
    def title(self) -> str:
        """What people read."""
        ...


class Toolbar(QToolBar):
    """Controls of training and where it stands. Where all words do not fit, some buttons show only icons."""

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__("Training", parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setIconSize(QSize(18, 18))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addAction(actions["start_page"])
        self._name(self.widgetForAction(actions["start_page"]), "start_page", "Start page")
        for name in ("train", "pause", "stop"):
            self.addAction(actions[name])
            self._name(self.widgetForAction(actions[name]), name, actions[name].text())
        self._add_step_button(actions)
        self.speed_button = self._speeds(actions)
        self.addSeparator()
        self.iterations = self._iterations()
        self.device = self._devices()
        self.addSeparator()
        self.bar = TellingBar(maximum=1000, textVisible=True)
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.bar.setMinimumSize(BAR_WIDTH, 28)
        self._name(self.bar, "progress", "Progress of training")
        self.addWidget(self.bar)
        self.speed = QLabel("")
        self._speed_room = Steady(self.speed)
        self._fit_speed("  88,888 iterations/s  ")
        self.speed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name(self.speed, "speed", "Speed of training")
        self.addWidget(self._speed_room)
        self._pace: Pace | None = None
        self._trains = False
        self._seldom = Seldom(self, self._write_pace, every_ms=PACE_MS)
        self._is_narrow = False
        self._wanted = 0  # pixels, for all words
        self.show_pace(Pace())

    def event(self, event: QEvent) -> bool:
        """Use the room: the window has another width, or something here needs more or less of it."""
        done = super().event(event)
        if event.type() in {QEvent.Type.Resize, QEvent.Type.LayoutRequest}:
            self._use_room()
        return done

    def _use_room(self) -> None:
        if not self._is_narrow:
            self._wanted = self.sizeHint().width()
        if (is_narrow := self.width() < self._wanted) is self._is_narrow:
            return
        self._is_narrow = is_narrow
        only_icon = Qt.ToolButtonStyle.ToolButtonIconOnly
        for name in ("start_page", "pause", "stop", "step"):
            if (button := self.findChild(QToolButton, name)) is not None:
                button.setToolButtonStyle(only_icon if is_narrow else self.toolButtonStyle())
        self._device_label.setVisible(not is_narrow)
        self.device.setMaximumWidth(NARROW_DEVICE if is_narrow else DEVICE_WIDTH)
        self.bar.setMinimumWidth(NARROW_BAR if is_narrow else BAR_WIDTH)
        self._fit_speed("8,888 iterations/s" if is_narrow else "  88,888 iterations/s  ")

    def _fit_speed(self, words: str) -> None:
        self.speed.setMinimumWidth(self.speed.fontMetrics().horizontalAdvance(words))
        self._speed_room.forget()

    def chosen_device(self) -> str:
        """Name of the chosen device, "auto" for the best one."""
        return str(self.device.currentData())

    def show_devices(self, devices: tuple[Device, ...]) -> None:
        """Offer these devices beside the automatic choice."""
        chosen = self.chosen_device()
        self.device.clear()
        self.device.addItem(f"Automatic ({devices[0].name.upper()})", "auto")
        for device in devices:
            self.device.addItem(device.title, device.name)
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))

    def show_pace(self, pace: Pace, *, trains: bool = False) -> None:
        """Show how far training is, and for how long it still ``trains``: then only now and then."""
        self._pace, self._trains = pace, trains
        if trains:
            self._seldom.ask()
        else:
            self._write_pace()

    def _write_pace(self) -> None:
        pace, trains = self._pace, self._trains
        if pace is None:  # data are being loaded
            return
        self._stand_still()
        self.bar.setMaximum(1000)
        done, total = pace.iteration - pace.start, pace.target - pace.start
        self.bar.setValue(round(1000 * done / total) if total else 0)
        self.bar.say(*_pace_words(pace, trains=trains))
        self.speed.setText(f"{pace.rate:,.0f} iterations/s" if pace.rate >= 10 else _slow(pace.rate))

    def _stand_still(self) -> None:
        """End the moving bar: Qt's style goes on moving it, unseen, until a part is done and drawn."""
        if self.bar.maximum() == 0:
            for movement in self.bar.findChildren(QAbstractAnimation):
                movement.stop()

    def show_loading(self, what: str, done: int, total: int) -> None:
        """Show how far the loading of data is; a moving bar where nobody knows."""
        self._pace = None
        self.bar.setMaximum(total)
        self.bar.setValue(done)
        self.bar.say(f"{what}: {done:,} of {total:,}" if total else what)
        self.speed.setText("")

    def _label(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setContentsMargins(10, 6, 4, 6)  # the toolbar's own spacing is the style's, and tight
        return label

    def _iterations(self) -> QSpinBox:
        label = self._label("Iterations")
        self.addWidget(label)
        spin = QSpinBox(minimum=1, maximum=10_000_000, singleStep=500, value=1000)
        spin.setGroupSeparatorShown(True)
        spin.setToolTip("How many more generator updates to train")
        self._name(spin, "iterations", "Iterations to train")
        label.setBuddy(spin)
        spin.setMinimumHeight(28)
        self.addWidget(spin)
        return spin

    def _devices(self) -> QComboBox:
        label = self._label("Device")
        self._device_label = self.addWidget(label)
        combo = QComboBox()
        combo.addItem("Automatic", "auto")
        combo.setToolTip("Where training computes; the next run uses it")
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMaximumWidth(DEVICE_WIDTH)
        self._name(combo, "device", "Device")
        label.setBuddy(combo)
        combo.setMinimumHeight(28)
        self.addWidget(combo)
        return combo

    def _add_step_button(self, actions: dict[str, QAction]) -> None:
        button = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(button)
        menu.addActions([actions[n] for n in ("step_iteration", "step_critic", "step_generator")])
        button.setMenu(menu)
        button.setDefaultAction(actions["step_iteration"])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._name(button, "step", "Take a single step")
        self.addWidget(button)

    def _speeds(self, actions: dict[str, QAction]) -> QToolButton:
        button = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        menu = QMenu(button)
        menu.addActions([actions[name] for name in SPEEDS])
        button.setMenu(menu)
        button.setToolTip("Slow motion: how many stages of the algorithm are taken in a second")
        self._name(button, "speed_limit", "Speed of training")
        self.addWidget(button)
        self.speed_button = button
        self.show_speed(next(iter(SPEEDS.values())))
        return button

    def show_speed(self, speed: Speed) -> None:
        """Show at which speed training may go."""
        self.speed_button.setText(f"{speed.title} ▾")
        self.speed_button.setAccessibleDescription(speed.tip)

    def _name(self, widget: QWidget | None, name: str, accessible: str) -> None:
        if widget is not None:
            widget.setObjectName(name)
            widget.setAccessibleName(accessible)


def _pace_words(pace: Pace, *, trains: bool) -> tuple[str, ...]:
    """How far training is, from the longest to the shortest form."""
    if not pace.target:
        return ("Not trained yet",)
    done = f"{pace.iteration:,} of {pace.target:,}"
    if not (trains and pace.eta):
        return f"{done} iterations", done
    left = f"{duration(pace.eta)} left"
    return f"{done} iterations, {left}", f"{done}, {left}", done


def _slow(rate: float) -> str:
    return f"{rate:.2g} iterations/s" if rate > 0 else ""
