import numpy as np
import pytest
from scipy.spatial.distance import cdist

from ganstudio.data import DATASETS, toy
from ganstudio.data.dataset import silent

NAMES = ("ring", "grid", "swissroll", "moons")


@pytest.mark.parametrize("name", NAMES)
def test_points_are_float32_pairs_about_the_unit_square(ask, name):
    data = DATASETS[name].load()(ask(points=5000, std=0.01), 3, silent)
    assert data.array.dtype == np.float32
    assert data.array.shape == (5000, 2)
    assert data.sample_shape == (2,)
    assert not data.is_images
    assert 0.8 < np.abs(data.array).max() < 1.1


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_alone_decides(ask, name):
    load = DATASETS[name].load()
    first, again, other = (load(ask(), seed, silent).array for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("name", "count"), [("ring", 8), ("grid", 25)])
def test_a_mixture_has_equal_gaussian_modes_at_its_centres(ask, name, count):
    data = DATASETS[name].load()(ask(points=200_000, std=0.02), 0, silent)
    assert data.modes is not None
    assert data.modes.std == 0.02
    assert data.modes.centres.shape == (count, 2)
    assert np.array_equal(cdist(data.array, data.modes.centres).argmin(axis=1), data.labels)
    for k, centre in enumerate(data.modes.centres):
        mine = data.array[data.labels == k]
        assert len(mine) == pytest.approx(200_000 / count, rel=0.1)
        assert mine.mean(axis=0) == pytest.approx(centre, abs=0.002)
        assert mine.std(axis=0) == pytest.approx([0.02, 0.02], rel=0.05)


def test_the_ring_has_radius_one_and_equal_angles():
    centres = toy.ring_centres()
    assert np.linalg.norm(centres, axis=1) == pytest.approx(np.ones(8))
    steps = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    assert steps == pytest.approx(np.full(8, 2 * np.sin(np.pi / 8)))


def test_the_grid_spans_the_square_in_halves():
    assert {tuple(c) for c in toy.grid_centres()} == {
        (x / 2, y / 2) for x in range(-2, 3) for y in range(-2, 3)
    }


def test_the_swiss_roll_lies_on_its_spiral(ask):
    points = toy.swissroll(ask(std=1e-9), 0, silent).array.astype(np.float64)
    t = np.linalg.norm(points, axis=1) * 4.5 * np.pi
    assert t.min() >= 1.5 * np.pi - 1e-4
    assert t.max() <= 4.5 * np.pi + 1e-4
    assert points == pytest.approx(np.stack([t * np.cos(t), t * np.sin(t)], 1) / (4.5 * np.pi), abs=1e-5)


def test_the_moons_lie_on_their_half_circles(ask):
    data = toy.moons(ask(std=1e-9), 0, silent)
    original = data.array.astype(np.float64) * 1.5 + (0.5, 0.25)
    upper, lower = original[data.labels == 0], original[data.labels == 1]
    assert np.linalg.norm(upper, axis=1) == pytest.approx(np.ones(len(upper)), abs=1e-6)
    assert upper[:, 1].min() >= -1e-6
    assert np.linalg.norm(lower - (1, 0.5), axis=1) == pytest.approx(np.ones(len(lower)), abs=1e-6)
    assert lower[:, 1].max() <= 0.5 + 1e-6
