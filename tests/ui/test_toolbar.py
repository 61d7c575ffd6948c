from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui.actions import make_actions
from ganstudio.ui.progress import Pace
from ganstudio.ui.toolbar import Toolbar


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
