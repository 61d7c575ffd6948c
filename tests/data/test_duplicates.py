import numpy as np
import pytest

from ganstudio.data.dataset import Dataset, silent
from ganstudio.data.duplicates import difference_hashes, find_duplicates
from ganstudio.errors import Cancelled


@pytest.fixture
def images():
    """Three hundred smooth pictures that have nothing to do with each other."""
    random = np.random.default_rng(0)
    coarse = random.integers(30, 220, (300, 3, 5, 5)).astype(float)
    grown = coarse.repeat(4, axis=2).repeat(4, axis=3)
    return grown.astype(np.uint8)


def found(images):
    return find_duplicates(Dataset("x", images), silent)


def test_pictures_that_differ_are_no_duplicates(images):
    assert found(images) == found(images[::-1])
    assert found(images).exact == found(images).near == ()


def test_copies_and_near_copies_are_told_apart(images):
    noise = np.random.default_rng(1).integers(-4, 5, images[0].shape)
    images[[250, 299]] = images[7]
    images[100] = images[20] + noise
    images[280] = np.clip(images[20].astype(int) + 3, 0, 255)
    result = found(images)
    assert result.exact == ((7, 250, 299),)
    assert result.near == ((20, 100, 280),)


def test_one_hash_for_any_brightness(images):
    brighter = np.clip(images.astype(int) + 20, 0, 255).astype(np.uint8)
    assert np.array_equal(difference_hashes(images), difference_hashes(brighter))
    assert len(set(difference_hashes(images).tolist())) == len(images)


def test_even_pictures_are_only_equal_or_not():
    even = np.stack([np.full((1, 8, 8), grey, np.uint8) for grey in (0, 10, 10, 11)])
    assert found(even).exact == ((1, 2),)
    assert found(even).near == ()


def test_it_can_be_cancelled(images):
    def cancel(*_):
        raise Cancelled

    with pytest.raises(Cancelled):
        find_duplicates(Dataset("x", images), cancel)
