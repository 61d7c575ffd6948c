import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganstudio.ui.plots.series import BLOCK, NEWEST, OLDER, POINTS, Growing, Series, thin_out


def slow_average(iterations, values, weight):
    """The definition, value by value."""
    found, state, before = [], 0.0, iterations[0] - 1
    for iteration, value in zip(iterations, values, strict=True):
        kept = weight ** (iteration - before)
        state, before = kept * state + (1 - kept) * value, iteration
        found.append(state / (1 - weight ** (iteration - iterations[0] + 1)))
    return np.array(found)


def test_growing_keeps_blocks_in_order():
    column = Growing()
    for block in np.array_split(np.arange(10_000.0), 37):
        column.append(block)
    np.testing.assert_array_equal(column.values, np.arange(10_000.0))
    column.cut(10)
    column.append([3.0])
    np.testing.assert_array_equal(column.values, [*range(10), 3.0])


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.9, 0.999])
def test_smoothing_in_blocks_follows_the_definition(weight):
    rng = np.random.default_rng(1)
    iterations = np.cumsum(rng.integers(1, 12, 3000))
    values = 5 + rng.normal(size=3000)
    series = Series()
    for at in range(0, 3000, 471):
        series.append(iterations[at : at + 471], iterations[at : at + 471], values[at : at + 471])
        series.smoothed(weight)
    np.testing.assert_allclose(series.smoothed(weight), slow_average(iterations, values, weight), rtol=1e-9)


def test_smoothing_is_exact_over_long_gaps_and_for_constants():
    series = Series()
    series.append([1, 2, 10_000_000], [0, 1, 2], [2.0, 2.0, 2.0])
    np.testing.assert_allclose(series.smoothed(0.5), 2.0)


def test_smoothing_goes_on_after_a_cut_as_if_nothing_had_been_there():
    series, fresh = Series(), Series()
    series.append(range(100), range(100), np.linspace(0, 1, 100))
    series.smoothed(0.9)
    series.cut_after(49)
    fresh.append(range(50), range(50), np.linspace(0, 1, 100)[:50])
    for one in (series, fresh):
        one.append(range(50, 80), range(50, 80), np.ones(30))
    np.testing.assert_allclose(series.smoothed(0.9), fresh.smoothed(0.9), rtol=1e-12)


def test_values_that_do_not_apply_are_left_out():
    series = Series()
    series.append([1, 2, 3, 4], [1, 2, 3, 4], [1.0, math.nan, math.inf, 2.0])
    np.testing.assert_array_equal(series.raw.values, [1.0, 2.0])
    np.testing.assert_array_equal(series.iterations.values, [1, 4])


@pytest.mark.parametrize("count", [2_001, 99_999, 100_000, 1_000_000])
def test_thinning_keeps_spikes_and_the_tail(count):
    x = np.arange(count, dtype=np.float64)
    y = np.sin(x / 1000)
    y[count // 3], y[count // 2], y[-1] = 50.0, -60.0, 7.0
    thin_x, thin_y = thin_out(x, y, 0, count)
    assert POINTS / 2 <= len(thin_x) <= POINTS + 4
    assert thin_y.max() == 50.0
    assert thin_y.min() == -60.0
    assert (thin_x[-1], thin_y[-1]) == (count - 1, 7.0)
    assert (np.diff(thin_x) >= 0).all()


def test_thinning_shows_only_the_range_and_one_neighbour():
    x = np.arange(100_000.0)
    thin_x, thin_y = thin_out(x, x, 500.5, 600.5)
    np.testing.assert_array_equal(thin_x, np.arange(500.0, 602.0))
    np.testing.assert_array_equal(thin_y, thin_x)


def test_thinning_does_not_change_old_points_while_new_ones_come():
    y = np.random.default_rng(2).normal(size=60_000)
    x = np.arange(60_000.0)
    before, _ = thin_out(x[:50_000], y[:50_000], 0, 50_000)
    after, _ = thin_out(x, y, 0, 60_000)
    assert set(before[:-3]) <= set(after)


@given(st.integers(0, 6000), st.floats(-100, 7000), st.floats(0, 7000))
def test_thinning_stands_any_range(count, low, width):
    x = np.arange(count, dtype=np.float64)
    thin_x, thin_y = thin_out(x, x, low, low + width)
    assert len(thin_x) == len(thin_y) <= POINTS + 4
    inside = x[(x >= low) & (x <= low + width)]
    if len(inside):
        assert thin_x.min() <= inside[0]
        assert thin_x.max() >= inside[-1]


LONG = 1_500_000


def long_series(weight, block=9_973):
    """A wave with noise and two spikes, appended in blocks and smoothed now and then; and what came in."""
    x = np.arange(1.0, LONG + 1)
    y = np.sin(x / 50_000) + np.random.default_rng(3).exponential(size=LONG)
    y[1_234], y[700_001] = 90.0, -80.0
    series = Series()
    for at in range(0, LONG, block):
        series.append(x[at : at + block], x[at : at + block] / 100, y[at : at + block])
        series.smoothed(weight)
    return series, x, y


def test_a_long_series_stays_small_and_keeps_its_spikes_its_newest_rows_and_the_order():
    series, x, y = long_series(0.9)
    assert len(series) <= NEWEST + OLDER
    rows = series.iterations.values.astype(int) - 1
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(series.raw.values, y[rows])
    np.testing.assert_array_equal(series.seconds.values, x[rows] / 100)
    assert {1_234, 700_001} <= set(rows)
    np.testing.assert_array_equal(rows[-NEWEST // 2 :], np.arange(LONG - NEWEST // 2, LONG))
    assert np.diff(rows).max() < 2 * LONG / POINTS / 10  # far finer than what is drawn of the whole


def test_the_old_rows_are_spread_evenly_however_long_it_gets():
    series, _, _ = long_series(0.9)
    rows = series.iterations.values[: series._older]
    shares, _ = np.histogram(rows, bins=10, range=(0, rows[-1]))
    assert shares.max() < 1.1 * shares.min()


@pytest.mark.parametrize("weight", [0.9, 0.9999])
def test_a_long_series_is_smoothed_as_if_every_row_were_there(weight):
    series, x, y = long_series(weight)
    rows = series.iterations.values.astype(int) - 1
    whole = Series()
    whole._level.append(y)
    whole.iterations.append(x)
    whole.raw.append(y)
    whole._begin = 1.0
    exact = whole.smoothed(weight)[rows]
    np.testing.assert_allclose(series.smoothed(weight), exact, rtol=1e-9)  # it was computed as rows came
    again = 0.99999 if weight == 0.9999 else 0.9999
    found, exact = series.smoothed(again), whole.smoothed(again)[rows]
    far = np.abs(found - exact)[20_000:]  # of the old rows only the buckets' means are known, even of spikes
    assert far.max() < 0.02


def test_a_long_series_goes_on_after_a_cut():
    series, _, y = long_series(0.9)
    for end in (LONG - 10, 400_000):
        series.cut_after(end)
        last = series.iterations.values[-1]
        assert last <= end
        assert end - last < 1_000
    series.append(range(400_001, 400_001 + LONG), range(LONG), y)
    assert len(series) <= NEWEST + OLDER
    assert len(series.smoothed(0.9)) == len(series)
    assert (np.diff(series.iterations.values) > 0).all()


def test_a_long_constant_stays_constant():
    series = Series()
    series.append(range(LONG), range(LONG), np.full(LONG, 2.5))
    assert len(series) <= NEWEST + OLDER
    np.testing.assert_allclose(series.smoothed(0.99), 2.5)
    assert (np.diff(series.iterations.values) > 0).all()


def test_extremes_are_of_full_blocks_and_follow_what_comes_and_goes():
    values = np.random.default_rng(3).normal(size=10 * BLOCK)
    growing = Growing()
    for block in np.split(values, [1, BLOCK, BLOCK + 5, 3 * BLOCK + 1, 7 * BLOCK]):
        growing.append(block)
        full = len(growing) // BLOCK
        blocks = growing.values[: full * BLOCK].reshape(full, BLOCK)
        lows, highs = growing.extremes()
        np.testing.assert_array_equal(lows, blocks.min(axis=1))
        np.testing.assert_array_equal(highs, blocks.max(axis=1))
    growing.cut(2 * BLOCK + 3)
    growing.append(-values)
    blocks = growing.values[: 12 * BLOCK].reshape(12, BLOCK)
    np.testing.assert_array_equal(growing.extremes()[1], blocks.max(axis=1))


@pytest.mark.parametrize("count", [BLOCK * 40, 100_003])
@pytest.mark.parametrize("span", [(-1.0, 1.0), (0.0, 0.999), (0.31, 0.77)])
def test_with_extremes_the_same_points_are_drawn(count, span):
    growing = Growing()
    growing.append(np.random.default_rng(4).normal(size=count))
    x = np.arange(count, dtype=np.float64)
    low, high = (edge * count for edge in span)
    for points in (20, 100, 600):
        plain = thin_out(x, growing.values, low, high, points)
        quick = thin_out(x, growing.values, low, high, points, growing.extremes())
        np.testing.assert_array_equal(plain, quick)
