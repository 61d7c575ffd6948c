"""A distribution is drawn with the mouse or the keys, saved, opened, and reaches the experiment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.data.drawing import decode, encode
from ganstudio.data.packing import SIDE
from ganstudio.experiment.parse import parse
from ganstudio.ui.drawing.dialog import DrawingDialog
from ganstudio.ui.drawing.editor import DrawingEditor
from ganstudio.ui.forms.experiment_form import ExperimentForm

ShowInFrame = Callable[[QWidget, int, int], None]
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
MLP = {"generator": {"kind": "mlp"}, "critic": {"kind": "mlp"}}


@pytest.fixture
def dialog(qtbot: QtBot) -> DrawingDialog:
    made = DrawingDialog(None, "")
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def at(dialog: DrawingDialog, x: float, y: float) -> QPoint:
    """Where the point (x, y) of the plane lies on the canvas."""
    square = dialog.canvas._square()
    middle = square.center()
    return QPoint(round(middle.x() + x * square.width() / 2), round(middle.y() - y * square.height() / 2))


def stroke(qtbot: QtBot, dialog: DrawingDialog, start: QPoint, end: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(dialog.canvas, left, pos=start)
    qtbot.mouseMove(dialog.canvas, end)
    qtbot.mouseRelease(dialog.canvas, left, pos=end)


def press(qtbot: QtBot, dialog: DrawingDialog, name: str) -> None:
    button = dialog.findChild(QToolButton, f"drawing:{name}:button")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def ok(dialog: DrawingDialog) -> QToolButton:
    return dialog._box.button(QDialogButtonBox.StandardButton.Ok)  # type: ignore[return-value]


def test_a_stroke_has_no_gaps_and_can_be_taken_back(qtbot: QtBot, dialog: DrawingDialog) -> None:
    assert not ok(dialog).isEnabled()
    stroke(qtbot, dialog, at(dialog, -0.75, 0.5), at(dialog, 0.75, 0.5))
    density = dialog.canvas.density()
    row = round((1 - 0.5) / 2 * SIDE)
    assert (density[row, 10:54] > 0).all()
    assert not density[40:].any()
    assert ok(dialog).isEnabled()
    assert "cells hold density" in dialog._words.text()
    press(qtbot, dialog, "undo")
    assert not dialog.canvas.density().any()


def test_eraser_spray_and_clear(qtbot: QtBot, dialog: DrawingDialog) -> None:
    press(qtbot, dialog, "spray")
    dialog.size_slider.setValue(24)
    stroke(qtbot, dialog, at(dialog, 0, 0), at(dialog, 0.2, 0))
    sprayed = dialog.canvas.density()
    assert 10 < (sprayed > 0).sum() < SIDE * SIDE / 2
    press(qtbot, dialog, "eraser")
    qtbot.mouseClick(dialog.canvas, Qt.MouseButton.LeftButton, pos=at(dialog, 0, 0))
    assert not dialog.canvas.density()[28:36, 28:36].any()
    press(qtbot, dialog, "clear")
    assert not dialog.canvas.density().any()
    press(qtbot, dialog, "undo")
    assert dialog.canvas.density().any()


def test_keys_draw_too(qtbot: QtBot, dialog: DrawingDialog) -> None:
    dialog.canvas.setFocus()
    for _ in range(10):
        qtbot.keyClick(dialog.canvas, Qt.Key.Key_Up)
    qtbot.keyClick(dialog.canvas, Qt.Key.Key_Space)
    density = dialog.canvas.density()
    assert density[22, 32] > 0
    assert density[32, 32] == 0


def test_a_picture_and_a_table_go_out_and_come_back(dialog: DrawingDialog, tmp_path: Path) -> None:
    density = np.zeros((SIDE, SIDE), np.uint8)
    density[8:12, 40:44] = 255
    dialog.canvas.set_density(density)
    dialog.write(tmp_path / "a.png")
    dialog.write(tmp_path / "a.csv")
    dialog.canvas.clear()
    dialog.read(tmp_path / "a.png")
    assert np.array_equal(dialog.canvas.density(), density)
    dialog.canvas.clear()
    dialog.read(tmp_path / "a.csv")
    assert np.array_equal(dialog.canvas.density() > 0, density > 0)


def test_what_cannot_be_read_is_a_sentence(
    qtbot: QtBot, dialog: DrawingDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, words in (("a.png", "a.png is not an image"), ("a.csv", "a.csv holds no finite points")):
        (tmp_path / name).write_text("x\n")
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, path=tmp_path / name: (str(path), ""))
        press(qtbot, dialog, "open")
        assert words in dialog._words.text()
    Image.new("L", (9, 9)).save(tmp_path / "b.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "b.png"), ""))
    press(qtbot, dialog, "open")
    assert (dialog.canvas.density() == 255).all()


def test_what_is_drawn_is_the_forms_experiment(qtbot: QtBot, show_in_frame: ShowInFrame) -> None:
    form = ExperimentForm()
    form.set_experiment(parse({"data": {"source": "drawing"}, **MLP}))
    show_in_frame(form, 420, 700)
    assert not form.may_train
    editor = form.findChild(DrawingEditor)
    assert editor is not None
    qtbot.mouseClick(editor.draw, Qt.MouseButton.LeftButton)
    dialog = editor.open()
    density = np.zeros((SIDE, SIDE), np.uint8)
    density[3, 5] = 200
    dialog.canvas.set_density(density)
    with qtbot.waitSignal(form.experiment_changed) as changed:
        qtbot.mouseClick(ok(dialog), Qt.MouseButton.LeftButton)
    assert np.array_equal(decode(changed.args[0].data.drawing), density)
    assert form.may_train
    form.undo_actions[0].trigger()
    assert editor.value() == ""
    assert not form.may_train


def test_a_drawing_that_is_there_is_gone_on_with(qtbot: QtBot) -> None:
    text = encode(np.eye(SIDE, dtype=np.uint8) * 255)
    dialog = DrawingDialog(None, text)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.accept()
    assert dialog.text == text
