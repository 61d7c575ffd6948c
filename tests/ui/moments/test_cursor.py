"""Where one looks, and the steps from picture to picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ui_fakes import metrics, started, tiny_experiment

from ganstudio.ui.moments.cursor import TimeCursor


def cursor(newest: int, at: int | None = None) -> TimeCursor:
    made = TimeCursor()
    made.reset(tiny_experiment())  # samples every 10 iterations
    made.handle(metrics(newest))
    made.at = at
    return made


@pytest.mark.parametrize(
    ("at", "direction", "expected"),
    [
        (None, -1, 90), (90, -1, 80), (85, -1, 80), (5, -1, 0), (0, -1, 0),
        (0, 1, 10), (85, 1, 90), (90, 1, None), (None, 1, None),
    ],
)  # fmt: skip
def test_steps_lead_from_one_stored_picture_to_the_next(
    at: int | None, direction: int, expected: int | None
) -> None:
    assert cursor(95, at).stepped(direction) == expected


@given(st.floats(-1e9, 1e9), st.integers(1, 10**9))
def test_a_wish_lies_in_the_history_or_is_now(x: float, newest: int) -> None:
    wish = cursor(newest).wish(x)
    assert (wish is None) == (x >= newest)
    if wish is not None:
        assert 0 <= wish <= newest
        assert abs(wish - max(0, x)) <= 0.5


def test_going_on_from_an_earlier_state_takes_later_iterations_away() -> None:
    made = cursor(95)
    made.handle(started(40, 100))
    assert made.newest == 40


def test_before_anything_was_trained_there_is_nothing_to_look_back_to() -> None:
    made = TimeCursor()
    made.reset(tiny_experiment())
    assert (made.stepped(-1), made.stepped(1), made.wish(0)) == (None, None, None)
