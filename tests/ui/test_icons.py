"""The drawings of actions: each is there, and takes the colours it is given."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap

from ganstudio.ui.actions import SPECS
from ganstudio.ui.icons import icon

RED, BLUE = "#ff0000", "#0000ff"
NAMES = sorted({spec.icon for spec in SPECS if spec.icon})


def colours_of(pixmap: QPixmap) -> set[str]:
    """Colours of the pixels that nothing shines through."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return {QColor(int(pixel)).name() for pixel in np.unique(pixels[pixels >= 0xFF000000])}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", NAMES)
def test_each_icon_is_drawn_in_its_colour_or_in_the_disabled_one(name: str) -> None:
    made = icon(name, RED, BLUE)
    assert colours_of(made.pixmap(48)) == {RED}
    assert colours_of(made.pixmap(48, QIcon.Mode.Disabled)) == {BLUE}


@pytest.mark.usefixtures("qapp")
def test_an_icon_is_as_sharp_as_the_screen_is_dense() -> None:
    pixmap = icon("play", RED, BLUE).pixmap(QSize(18, 18), 2.0)
    assert pixmap.size() == QSize(36, 36)


def test_a_wrong_name_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-icon"):
        icon("no-such-icon", RED, BLUE)
