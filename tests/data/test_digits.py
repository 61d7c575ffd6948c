import numpy as np
import pytest
from sklearn.datasets import load_digits

from ganstudio.data import digits
from ganstudio.data.dataset import silent


def test_native_digits_are_the_real_ones(ask):
    data = digits.load(ask(), 0, silent)
    real = load_digits()
    assert data.array.dtype == np.uint8
    assert data.array.shape == (1797, 1, 8, 8)
    assert np.array_equal(np.rint(data.array[:, 0] / 255 * 16), real.images)
    assert (data.array.min(), data.array.max()) == (0, 255)
    assert np.array_equal(data.labels, real.target)
    assert data.class_names == tuple("0123456789")


def test_enlarged_digits_shrink_back_to_themselves(ask):
    native = digits.load(ask(), 0, silent).array.astype(float)
    large = digits.load(ask(size=32), 0, silent).array.astype(float)
    assert large.shape == (1797, 1, 32, 32)
    back = large.reshape(1797, 1, 8, 4, 8, 4).mean(axis=(3, 5))
    assert np.corrcoef(back.ravel(), native.ravel())[0, 1] > 0.98


def test_three_channels_are_equal(ask):
    array = digits.load(ask(channels=3, size=16), 0, silent).array
    assert array.shape == (1797, 3, 16, 16)
    assert np.array_equal(array[:, 0], array[:, 1])
    assert np.array_equal(array[:, 0], array[:, 2])


def test_the_limit_draws_with_the_seed(ask):
    everything = digits.load(ask(), 0, silent)
    part = digits.load(ask(limit=100), 5, silent)
    assert np.array_equal(part.array, digits.load(ask(limit=100), 5, silent).array)
    assert not np.array_equal(part.array, digits.load(ask(limit=100), 6, silent).array)
    assert len(part) == len(part.labels) == 100
    rows = {image.tobytes(): label for image, label in zip(everything.array, everything.labels, strict=True)}
    assert [rows[image.tobytes()] for image in part.array] == list(part.labels)


@pytest.mark.parametrize("limit", [1797, 5000])
def test_a_limit_beyond_the_data_takes_all(ask, limit):
    assert len(digits.load(ask(limit=limit), 0, silent)) == 1797
