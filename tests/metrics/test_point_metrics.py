import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ganstudio.metrics.coverage import mode_coverage
from ganstudio.metrics.diversity import mean_pairwise_distance
from ganstudio.metrics.nearest import nearest, nearest_ratio
from ganstudio.metrics.transport import wasserstein1

CENTRES = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
points = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(2)), elements=st.floats(-5, 5, width=32))


def test_a_mode_needs_one_percent_of_all_samples():
    far = np.full((89, 2), 50.0)
    samples = np.concatenate([np.zeros((10, 2)), np.full((1, 2), (1.0, 0.0)), far])
    result = mode_coverage(samples, CENTRES, 0.1)
    assert result.counts.tolist() == [10, 1, 0]
    assert result.covered == 2
    assert result.good_share == pytest.approx(0.11)
    assert mode_coverage(np.concatenate([samples, far[:1]]), CENTRES, 0.1).covered == 1


def test_reach_is_three_standard_deviations():
    at = lambda distance: mode_coverage(np.array([[distance, 0.0]]), CENTRES[:1], 0.1).covered  # noqa: E731
    assert (at(0.2999), at(0.3001)) == (1, 0)


def test_true_samples_cover_all_modes_and_are_good_as_the_rayleigh_law_says():
    random = np.random.default_rng(0)
    samples = CENTRES[random.integers(3, size=50_000)] + 0.05 * random.standard_normal((50_000, 2))
    result = mode_coverage(samples, CENTRES, 0.05)
    assert result.covered == 3
    assert result.good_share == pytest.approx(1 - np.exp(-4.5), abs=0.002)


def test_coverage_of_nothing_is_a_fault():
    with pytest.raises(ValueError, match="needs samples"):
        mode_coverage(np.empty((0, 2)), CENTRES, 0.1)


def test_w1_of_a_shift_is_its_length():
    a = np.random.default_rng(0).standard_normal((200, 2))
    assert wasserstein1(a, a[::-1] + np.array([3.0, 4.0])) == pytest.approx(5.0)


def test_w1_in_one_dimension_compares_sorted_values():
    random = np.random.default_rng(1)
    a, b = random.standard_normal((100, 1)), random.exponential(size=(100, 1))
    assert wasserstein1(a, b) == pytest.approx(np.abs(np.sort(a, 0) - np.sort(b, 0)).mean())


@settings(max_examples=50, deadline=None)
@given(a=points, data=st.data())
def test_w1_is_the_least_of_all_permutations_and_symmetric(a, data):
    b = data.draw(arrays(np.float64, a.shape, elements=st.floats(-5, 5, width=32)))
    costs = [
        np.linalg.norm(a - b[list(order)], axis=1).mean() for order in itertools.permutations(range(len(a)))
    ]
    assert wasserstein1(a, b) == pytest.approx(min(costs), abs=1e-9)
    assert wasserstein1(b, a) == pytest.approx(min(costs), abs=1e-9)


@pytest.mark.parametrize(("n", "m"), [(3, 2), (0, 0)])
def test_w1_needs_equally_many_points(n, m):
    with pytest.raises(ValueError, match="equally many points"):
        wasserstein1(np.zeros((n, 2)), np.zeros((m, 2)))


def test_nearest_gives_distance_and_index():
    distances, indices = nearest(np.array([[3.0, 4.0], [0.9, 0.0]]), CENTRES)
    assert distances == pytest.approx([np.hypot(3, 3), 0.1])
    assert indices.tolist() == [2, 1]


def test_nearest_of_images_in_many_chunks_agrees_with_brute_force():
    random = np.random.default_rng(0)
    samples, reference = random.random((2500, 1, 3, 3)), random.random((50, 1, 3, 3))
    distances, indices = nearest(samples, reference)
    brute = np.linalg.norm((samples[:, None] - reference[None]).reshape(2500, 50, 9), axis=2)
    assert distances == pytest.approx(brute.min(axis=1))
    assert np.array_equal(indices, brute.argmin(axis=1))


def test_nearest_ratio_compares_with_held_out_data():
    reference = np.zeros((1, 2))
    assert nearest_ratio(
        np.full((4, 2), (3.0, 0.0)), np.full((9, 2), (0.0, 2.0)), reference
    ) == pytest.approx(1.5)
    with pytest.raises(ValueError, match="coincide"):
        nearest_ratio(np.ones((2, 2)), np.zeros((2, 2)), reference)
    with pytest.raises(ValueError, match="references"):
        nearest(np.ones((2, 2)), np.empty((0, 2)))


def test_diversity_in_closed_form():
    assert mean_pairwise_distance(np.ones((5, 1, 2, 2))) == 0
    assert mean_pairwise_distance(CENTRES) == pytest.approx((1 + 1 + np.sqrt(2)) / 3)
    with pytest.raises(ValueError, match="two samples"):
        mean_pairwise_distance(CENTRES[:1])


def test_diversity_of_a_gaussian_in_the_plane():
    samples = 0.5 * np.random.default_rng(0).standard_normal((2000, 2))
    assert mean_pairwise_distance(samples) == pytest.approx(0.5 * np.sqrt(np.pi), rel=0.02)
