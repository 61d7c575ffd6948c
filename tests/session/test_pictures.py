"""Samples as pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from ganstudio.errors import UserError
from ganstudio.session.pictures import GENERATED, image_grid, points_plot, read_grid, single_image, write_grid

REAL = np.array([[-1, -1], [1, 1]], np.float32)


@pytest.mark.parametrize(
    "shape", [(64, 1, 8, 8), (7, 3, 16, 16), (1, 1, 8, 8), (3, 3, 128, 128), (10, 1, 28, 28)]
)
def test_a_grid_is_read_back_to_the_nearest_grey(tmp_path: Path, shape: tuple[int, ...]) -> None:
    given = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    write_grid(tmp_path / "grid.png", given)
    back = read_grid(tmp_path / "grid.png")
    assert back.shape == given.shape
    assert np.abs(back - given).max() <= 0.5 / 127.5 + 1e-6


def test_reading_and_writing_again_changes_nothing(tmp_path: Path) -> None:
    given = np.random.default_rng(0).uniform(-1, 1, (9, 1, 8, 8)).astype(np.float32)
    write_grid(tmp_path / "one.png", given)
    write_grid(tmp_path / "two.png", read_grid(tmp_path / "one.png"))
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_samples_stand_row_by_row() -> None:
    given = np.full((4, 1, 8, 8), -1, np.float32)
    given[1] = 1  # the second: top right
    pixels = np.asarray(image_grid(given, enlarge=False)[0])
    assert pixels.shape == (17, 17)
    assert (pixels[:8, 9:] == 255).all()
    assert (pixels[9:, :8] == 0).all()


def test_what_lies_outside_the_range_is_cut_off() -> None:
    sample = np.array([[[-3, 3], [np.nan, 0]]], np.float32)
    assert np.asarray(single_image(sample)).tolist() == [[0, 255], [128, 128]]


def test_colours_keep_their_channels() -> None:
    red = np.stack([np.ones((8, 8)), -np.ones((8, 8)), -np.ones((8, 8))]).astype(np.float32)
    assert single_image(red).getpixel((3, 3)) == (255, 0, 0)


def about(**text: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        info.add_text(f"ganstudio:{key}", value)
    return info


@pytest.mark.parametrize(
    "text",
    [
        {},
        {"shape": "4,1,8,8"},
        {"shape": "9,1,8,8", "scale": "1"},
        {"shape": "4,3,8,8", "scale": "1"},
        {"shape": "0,1,8,8", "scale": "1"},
        {"shape": "4,1,8,8", "scale": "0"},
        {"shape": "a,b", "scale": "1"},
        {"shape": "-1,1,8,8", "scale": "1"},
        {"shape": "99999999999999,1,8,8", "scale": "1"},
    ],
)
def test_a_picture_that_is_no_grid_is_one_sentence(tmp_path: Path, text: dict[str, str]) -> None:
    Image.new("L", (17, 17)).save(tmp_path / "grid.png", pnginfo=about(**text))
    with pytest.raises(UserError, match="is not a sample grid"):
        read_grid(tmp_path / "grid.png")


@pytest.mark.parametrize("keep", [0, 20, 200])
def test_a_picture_that_was_cut_off_is_one_sentence(tmp_path: Path, keep: int) -> None:
    write_grid(
        tmp_path / "grid.png", np.random.default_rng(0).uniform(-1, 1, (4, 1, 8, 8)).astype(np.float32)
    )
    (tmp_path / "grid.png").write_bytes((tmp_path / "grid.png").read_bytes()[:keep])
    with pytest.raises(UserError, match="is not a sample grid"):
        read_grid(tmp_path / "grid.png")


@pytest.mark.parametrize(
    ("point", "right", "up"),
    [((0.9, 0.8), True, True), ((-0.9, 0.8), False, True), ((0.9, -0.8), True, False)],
)
def test_a_point_stands_where_a_plot_has_it(point: tuple[float, float], right: bool, up: bool) -> None:
    image = np.asarray(points_plot(np.array([point], np.float32), REAL * 1.5))
    rows, columns = np.nonzero((image == GENERATED).all(axis=2))
    middle = len(image) / 2
    assert len(rows) > 4
    assert (columns > middle).all() == right
    assert (rows < middle).all() == up


def test_points_far_away_or_of_no_place_are_left_out() -> None:
    odd = np.array([[1e30, 0], [np.nan, 0], [np.inf, 1], [5, 5]], np.float32)
    assert not (np.asarray(points_plot(odd, REAL)) == GENERATED).all(axis=2).any()


def test_the_axes_do_not_follow_the_generator() -> None:
    one = np.asarray(points_plot(np.array([[0.5, 0.5]], np.float32), REAL))
    two = np.asarray(points_plot(np.array([[0.5, 0.5], [50, 50]], np.float32), REAL))
    assert np.array_equal(one, two)
