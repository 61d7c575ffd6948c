import numpy as np
import pytest
from PIL import Image

from ganstudio.data.dataset import silent
from ganstudio.data.resizing import fitted


@pytest.fixture
def colours():
    return np.random.default_rng(0).integers(0, 256, (5, 3, 12, 12), dtype=np.uint8)


def test_nothing_changes_without_need(colours):
    assert np.array_equal(fitted(colours, 12, 3, silent), colours)


def test_grey_is_what_pillow_calls_grey(colours):
    expected = [np.asarray(Image.fromarray(c.transpose(1, 2, 0)).convert("L")) for c in colours]
    grey = fitted(colours, 12, 1, silent)
    assert grey.shape == (5, 1, 12, 12)
    assert np.abs(grey[:, 0].astype(int) - expected).max() <= 1


@pytest.mark.parametrize("size", [8, 20])
def test_resizing_agrees_with_pillow(colours, size):
    colours = colours // 2 + 64  # Pillow clips what overshoots between its two passes, too
    expected = [
        np.asarray(Image.fromarray(c.transpose(1, 2, 0)).resize((size, size), Image.Resampling.BICUBIC))
        for c in colours
    ]
    got = fitted(colours, size, 3, silent).transpose(0, 2, 3, 1)
    assert np.abs(got.astype(int) - expected).max() <= 2


def test_grey_is_repeated_into_colour(colours):
    rgb = fitted(colours[:, :1], 12, 3, silent)
    assert np.array_equal(rgb, np.repeat(colours[:, :1], 3, axis=1))


def test_progress_ends_at_the_total():
    seen = []
    fitted(
        np.zeros((5000, 1, 8, 8), dtype=np.uint8), 10, 1, lambda what, done, total: seen.append((done, total))
    )
    assert seen == [(2048, 5000), (4096, 5000), (5000, 5000)]
