import math

import numpy as np
import pytest
from PySide6.QtGui import QColor

from ganstudio.ui.plots.image_grid import ImageGrid, arrange, gap_of, to_rgba


def test_pixels_are_grey_or_rgb_bytes():
    grey = to_rgba(np.array([-1.0, 0.0, 1.0], np.float32).reshape(1, 1, 1, 3))
    np.testing.assert_array_equal(grey[0, 0, :, 0], [0, 128, 255])
    np.testing.assert_array_equal(grey[..., 0], grey[..., 2])
    colour = to_rgba(np.stack([np.full((2, 2), v, np.float32) for v in (-1.0, 0.0, 1.0)])[None])
    assert colour.shape == (1, 2, 2, 4)
    np.testing.assert_array_equal(colour[0, 0, 0], [0, 128, 255, 255])


def test_values_out_of_range_and_nan_do_not_wrap():
    pixels = to_rgba(np.array([-9.0, 9.0, np.nan], np.float32).reshape(1, 1, 1, 3))
    np.testing.assert_array_equal(pixels[0, 0, :, 0], [0, 255, 128])


@pytest.mark.parametrize(("room_x", "room_y"), [(600, 600), (900, 300), (200, 700), (50, 40)])
@pytest.mark.parametrize("count", [1, 7, 64])
def test_the_grid_fits_its_room(room_x, room_y, count):
    columns, side = arrange(count, room_x, room_y, 8, 8)
    rows = -(-count // columns)
    gap = gap_of(8 * side)
    assert columns * (8 * side + gap) - gap <= room_x + 1
    assert rows * (8 * side + gap) - gap <= room_y + 1


def test_a_wide_room_has_more_columns_than_a_narrow_one():
    assert arrange(64, 1200, 300, 8, 8)[0] > arrange(64, 300, 1200, 8, 8)[0]


def test_pixels_stay_crisp(qtbot):
    grid = ImageGrid("grid")
    qtbot.addWidget(grid)
    grid.resize(80, 80)
    checks = np.indices((8, 8)).sum(axis=0) % 2 * 2.0 - 1.0
    grid.set_images(checks[None, None].astype(np.float32))
    shown = grid.grab().toImage()
    values = {QColor(shown.pixel(x, y)).red() for x in range(shown.width()) for y in range(shown.height())}
    assert values == {0, 255}


@pytest.mark.parametrize("count", [64, 100, 90])
def test_rows_of_classes_stay_rows_in_any_room(show_in_frame, count):
    grid = ImageGrid("rows")
    show_in_frame(grid, 900, 200)
    grid.set_images(np.zeros((count, 1, 8, 8), np.float32))
    assert grid.layout_of_images[0] > 10  # a wide room takes more columns
    grid.keep_rows(kept=True)
    columns, side = grid.layout_of_images
    assert columns == math.ceil(math.sqrt(count))
    assert math.ceil(count / columns) * 8 * side <= 200
