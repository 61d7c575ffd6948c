import numpy as np
import pytest

from ganstudio.ui.inspector.heat import BINS, COLUMNS, LOWEST, PER_DECADE, NormHistory


def bin_of(norm):
    return int((np.log10(norm) - LOWEST) * PER_DECADE)


def test_a_column_holds_the_shares_of_its_norms():
    history = NormHistory(10)
    history.add(10, [0.1001, 0.1001, 0.1001, 2.0])
    shares, size = history.shares(0, history.end, 100)
    assert shares.shape == (2, BINS)
    assert size == 1
    assert shares[1, bin_of(0.1001)] == 0.75
    assert shares[1, bin_of(2.0)] == 0.25
    assert np.array_equal(shares[0], shares[1])  # a stretch without norms looks like its neighbour
    assert shares.sum() == pytest.approx(2.0)


def test_nothing_is_lost_when_the_memory_is_full_and_the_rest_is_put_together():
    history = NormHistory(1)
    for iteration in range(5 * COLUMNS):
        history.add(iteration, [1.5, 3.0])
    assert history.end <= COLUMNS
    assert history.stride == 8
    assert int(history.counts().sum()) == 10 * COLUMNS
    iterations, means = history.means()
    assert means == pytest.approx(np.full(len(means), 2.25))
    assert iterations[-1] == pytest.approx(5 * COLUMNS, abs=history.stride)


def test_what_is_drawn_is_bounded_and_still_adds_up():
    history = NormHistory(1)
    for iteration in range(1500):
        history.add(iteration, [1.0 + iteration / 100])
    shares, size = history.shares(0, history.end, 200)
    assert len(shares) <= 200
    assert size == 8
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(shares)))


def test_what_came_after_an_iteration_is_forgotten():
    history = NormHistory(10)
    for iteration in range(10, 110, 10):
        history.add(iteration, [1.0])
    history.cut_after(50)
    assert history.end == 6
    assert int(history.counts().sum()) == 5


def test_zero_infinite_and_huge_norms_are_counted_where_they_can_be():
    history = NormHistory(1)
    history.add(0, [0.0, 1e9, np.inf, np.nan])
    shares, _ = history.shares(0, 1, 10)
    assert shares[0, 0] == shares[0, -1] == 0.5
