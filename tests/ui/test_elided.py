"""Words that are longer than their room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from ganstudio.ui import theme
from ganstudio.ui.elided import ElidedCombo, ElidedLabel, ElidedText
from ganstudio.ui.forms.experiment_form import ExperimentForm
from ganstudio.ui.workspace import FORM_WIDTH

ShowInFrame = Callable[[QWidget, int, int], None]


@pytest.fixture
def combo(show_in_frame: ShowInFrame) -> ElidedCombo:
    made = ElidedCombo()
    made.addItems(["Short", "Between real and generated samples"])
    made.setToolTip("<qt>Where the penalty holds.</qt>")
    show_in_frame(made, 140, 26)
    return made


@pytest.mark.qt_log_ignore("This plugin does not support raise")  # offscreen: a tip
def test_a_choice_that_is_too_long_ends_in_dots_and_its_tip_has_all_of_it(combo: ElidedCombo) -> None:
    assert (combo.shown, combo.tip) == ("Short", "<qt>Where the penalty holds.</qt>")
    combo.setCurrentIndex(1)
    assert combo.shown.startswith("Between")
    assert combo.shown.endswith("…")
    assert combo.tip == "<qt><b>Between real and generated samples</b><br>Where the penalty holds.</qt>"
    at = QPoint(5, 5)
    QApplication.sendEvent(combo, QHelpEvent(QEvent.Type.ToolTip, at, combo.mapToGlobal(at)))
    assert QToolTip.text() == combo.tip
    QToolTip.hideText()


def test_a_choice_is_drawn_with_its_dots_and_not_cut(combo: ElidedCombo) -> None:
    combo.setCurrentIndex(1)
    drawn = combo.grab().toImage()
    combo.setItemText(1, combo.shown)
    assert combo.currentText().endswith("…")
    assert combo.grab().toImage() == drawn


def test_the_end_of_a_path_is_read(show_in_frame: ShowInFrame) -> None:
    label = ElidedLabel("")
    label.setText("/a/very/long/folder/of/sessions/with/many/parts/ring")
    show_in_frame(label, 120, 20)
    assert label.shown.startswith("…")
    assert label.shown.endswith("/ring")
    assert label.toolTip() == label.text()
    label.resize(1000, 20)
    assert label.shown == label.text()


def test_the_form_shows_the_names_of_the_toy_data_whole(show_in_frame: ShowInFrame) -> None:
    form = ExperimentForm()
    theme.dress(form, dark=False)
    show_in_frame(form, FORM_WIDTH, 700)
    source = form._rows["data.source"].editor
    assert isinstance(source, ElidedCombo)
    for title in ("Ring of 8 Gaussians", "Grid of 25 Gaussians"):
        source.setCurrentText(title)
        assert source.currentText() == title
        assert source.shown == title


def test_of_a_long_text_whole_words_are_shown_and_more_of_them_where_there_is_room(
    show_in_frame: ShowInFrame,
) -> None:
    label = ElidedText(3)
    words = "The least mean distance by which samples must be moved to become real ones. " * 4
    show_in_frame(label, 300, 60)
    label.setText(words.strip())
    shown = label.text().removesuffix("…")
    assert label.text().endswith("…")
    assert words.startswith(f"{shown} ")
    assert label.heightForWidth(300) <= label.maximumHeight()
    assert label.toolTip() == words.strip()
    label.resize(500, 60)
    assert len(shown) < len(label.text())
    label.resize(3000, 60)
    assert label.text() == words.strip()
