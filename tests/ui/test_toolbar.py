from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui.actions import make_actions
from ganstudio.ui.main_window import MINIMUM_SIZE
from ganstudio.ui.progress import Pace
from ganstudio.ui.toolbar import Toolbar

OFFSCREEN = "This plugin does not support propagateSizeHints"
BEFORE_PACE = ("start_page", "train", "pause", "stop", "step", "speed_limit", "iterations", "device")


@dataclass(frozen=True)
class FakeDevice:
    name: str
    title: str


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def toolbar(owner: QWidget) -> Toolbar:
    return Toolbar(make_actions(owner), owner)


def test_progress_says_how_far_and_how_long(toolbar: Toolbar) -> None:
    toolbar.bar.resize(600, 28)
    toolbar.show_pace(Pace(1500, 1000, 3000, 50.0), trains=True)
    assert toolbar.bar.value() == 250  # of 1,000
    assert toolbar.bar.text() == "1,500 of 3,000 iterations, 30 s left"
    assert toolbar.speed.text() == "50 iterations/s"
    toolbar.show_pace(Pace(1500, 1000, 3000, 0.25))
    assert toolbar.bar.text() == "1,500 of 3,000 iterations"
    assert toolbar.speed.text() == "0.25 iterations/s"


def test_in_a_narrow_window_progress_is_told_in_fewer_words(toolbar: Toolbar) -> None:
    toolbar.bar.resize(150, 28)
    toolbar.show_pace(Pace(1500, 1000, 3000, 50.0), trains=True)
    assert toolbar.bar.text() == "1,500 of 3,000"
    assert toolbar.bar.toolTip() == "1,500 of 3,000 iterations, 30 s left"


def test_loading_shows_what_is_known(toolbar: Toolbar) -> None:
    toolbar.show_loading("Reading images", 20, 80)
    assert toolbar.bar.value() == 20
    assert toolbar.bar.maximum() == 80
    assert toolbar.bar.format() == "Reading images: 20 of 80"
    toolbar.show_loading("Preparing", 0, 0)
    assert toolbar.bar.maximum() == 0  # a moving bar
    toolbar.show_pace(Pace())
    assert toolbar.bar.text() == "Not trained yet"


def test_devices_keep_the_persons_choice(toolbar: Toolbar) -> None:
    cuda, cpu = FakeDevice("cuda:0", "NVIDIA H200, 139 GiB (cuda:0)"), FakeDevice("cpu", "CPU (1 thread)")
    toolbar.show_devices((cuda, cpu))
    assert [toolbar.device.itemText(i) for i in range(3)] == ["Automatic (CUDA:0)", cuda.title, cpu.title]
    assert toolbar.chosen_device() == "auto"
    toolbar.device.setCurrentIndex(2)
    toolbar.show_devices((cuda, cpu))
    assert toolbar.chosen_device() == "cpu"
    toolbar.show_devices((cuda,))
    assert toolbar.chosen_device() == "auto"


@pytest.mark.qt_log_ignore(OFFSCREEN)
@pytest.mark.parametrize("width", [MINIMUM_SIZE.width(), 1000, 1280])
def test_everything_in_the_toolbar_is_seen_in_every_width_of_the_window(qtbot: QtBot, width: int) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    toolbar = Toolbar(make_actions(window), window)
    toolbar.show_devices((FakeDevice("cuda:0", "NVIDIA H200, 139 GiB (cuda:0)"), FakeDevice("cpu", "CPU")))
    window.addToolBar(toolbar)
    window.resize(width, 200)
    with qtbot.waitExposed(window):
        window.show()
    toolbar.show_pace(Pace(150, 0, 1200, 888.0), trains=True)

    def all_fit() -> bool:
        parts = [toolbar.findChild(QWidget, name) for name in (*BEFORE_PACE, "progress", "speed")]
        ends = [part.mapTo(toolbar, part.rect().bottomRight()).x() for part in parts]
        return all(part.isVisible() for part in parts) and max(ends) < width

    qtbot.waitUntil(all_fit)
    assert toolbar.bar.text().startswith("150 of 1,200")
    train = toolbar.findChild(QToolButton, "train")
    assert train.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon


@pytest.mark.qt_log_ignore(OFFSCREEN)
def test_buttons_that_show_icons_in_a_narrow_window_say_more_in_a_wide_one(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    toolbar = Toolbar(make_actions(window), window)
    window.addToolBar(toolbar)
    pause = toolbar.findChild(QToolButton, "pause")
    window.resize(950, 200)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: pause.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly)
    window.resize(1500, 200)
    qtbot.waitUntil(lambda: pause.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
