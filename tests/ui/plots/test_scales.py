import numpy as np
import pytest

from ganstudio.ui.plots.histogram import PATIENCE, StableRange, round_up, shares
from ganstudio.ui.plots.scales import SymLog


def test_symlog_is_odd_rising_and_a_decade_a_unit_far_out():
    scale = SymLog(0.01)
    y = np.array([-100.0, -10.0, -0.001, 0.0, 0.001, 10.0, 100.0])
    position = scale.apply(y)
    np.testing.assert_allclose(position, -position[::-1])
    assert (np.diff(position) > 0).all()
    assert position[-1] - position[-2] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    ("low", "high"), [(-50.0, 200.0), (2.0, 5.0), (0.011, 0.013), (-3.0, -2.5), (0, 1e6)]
)
def test_symlog_ticks_stand_at_the_values_that_they_name(low, high):
    scale = SymLog(0.1)
    at_low, at_high = scale.apply(np.array([low, high]))
    ticks = scale.ticks(float(at_low), float(at_high))
    assert len(ticks) >= 2
    for position, words in ticks:
        assert position == pytest.approx(float(scale.apply(np.array([float(words)]))[0]), abs=1e-9)
        assert at_low - 1e-9 <= position <= at_high + 1e-9


def test_symlog_threshold_lies_below_most_values():
    assert SymLog.fitting(np.array([0.0, 0.02, -3.0, 500.0])).threshold <= 0.02
    assert SymLog.fitting(np.zeros(3)).threshold == 1.0


@pytest.mark.parametrize(
    ("value", "end"), [(1, 1), (1.01, 2), (2.2, 4), (4.5, 5), (7, 8), (9, 10), (0.013, 0.02)]
)
def test_ends_of_ranges_are_round(value, end):
    assert round_up(value) == pytest.approx(end)


def test_a_range_grows_at_once_and_shrinks_with_patience():
    found = StableRange()
    assert found.include(1.5) == 2
    assert found.include(7.0) == 8
    assert [found.include(1.5) for _ in range(PATIENCE)] == [8] * (PATIENCE - 1) + [2]


def test_a_single_low_value_does_not_move_the_range():
    found = StableRange()
    ends = {found.include(value) for value in [1.9, 0.9, 1.9, 0.5] * 50}
    assert ends == {2}


def test_shares_are_of_all_values_also_of_those_beyond():
    edges, heights = shares(np.array([0.1, 0.1, 1.0, 9.0]), 2.0)
    assert edges[0] == 0
    assert edges[-1] == 2
    assert heights.sum() == pytest.approx(75.0)
