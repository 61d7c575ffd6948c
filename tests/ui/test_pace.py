"""How often panels are drawn."""

import pytest

from ganstudio.ui.pace import HASTE, HASTE_SHARE, LEAST, MOST, SHARE, Pace

COSTS = {"cheap": 0.0005, "middle": 0.002, "dear": 0.006}


class Clock:
    """Time as the test sets it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def drawings(seconds: float, costs: dict[str, float], *, hasty: bool = False) -> dict[str, int]:
    """How often each is drawn in that time while all of them always wait."""
    clock = Clock()
    pace: Pace[str] = Pace(clock)
    clock.now += 2 * HASTE
    counts = dict.fromkeys(costs, 0)
    end = clock.now + seconds
    while True:
        if hasty:
            pace.hurry()
        name, wait = pace.next(list(costs), list(costs))
        if clock.now + wait >= end:
            return counts
        clock.now += wait
        pace.drawn(name)
        clock.now += 0.015
        pace.took(name, costs[name])
        counts[name] += 1


def share(counts: dict[str, int], costs: dict[str, float], seconds: float) -> float:
    """The part of the time that was spent on drawing."""
    return sum(costs[name] * count for name, count in counts.items()) / seconds


def test_drawing_takes_its_share_of_the_time_and_no_more() -> None:
    counts = drawings(100, COSTS)
    assert 0.8 * SHARE < share(counts, COSTS, 100) <= 1.02 * SHARE


def test_what_costs_less_is_drawn_more_often_but_the_rest_is_not_forgotten() -> None:
    counts = drawings(100, COSTS)
    assert counts["cheap"] > 1.5 * counts["middle"] > 1.5 * 1.5 * counts["dear"]
    assert counts["dear"] >= 100 / MOST - 1


def test_even_what_costs_very_much_is_drawn_about_once_a_second() -> None:
    assert drawings(100, {"huge": 0.3})["huge"] >= 100 / (MOST + 0.1)


def test_what_costs_nothing_is_not_drawn_more_often_than_can_be_seen() -> None:
    assert drawings(10, {"nothing": 0.0})["nothing"] <= 10 / LEAST + 1


def test_while_a_person_waits_drawing_takes_more_of_the_time() -> None:
    counts = drawings(20, COSTS, hasty=True)
    assert SHARE < share(counts, COSTS, 20) <= 1.1 * HASTE_SHARE
    assert counts["dear"] > 3 * drawings(20, COSTS)["dear"]


def test_haste_passes() -> None:
    clock = Clock()
    pace: Pace[str] = Pace(clock)
    pace.took("dear", 0.012)
    pace.drawn("dear")
    pace.hurry()
    soon = pace.next(["dear"], ["dear"])[1]
    clock.now += HASTE
    pace.drawn("dear")
    assert pace.next(["dear"], ["dear"])[1] > 3 * soon


def test_what_was_never_drawn_is_drawn_at_once() -> None:
    clock = Clock()
    pace: Pace[str] = Pace(clock)
    pace.drawn("old")
    pace.took("old", 0.01)
    assert pace.next(["old", "new"], ["old", "new"]) == ("new", 0.0)


def test_one_slow_drawing_does_not_count_for_ever() -> None:
    clock = Clock()
    pace: Pace[str] = Pace(clock)
    clock.now += 2 * HASTE
    pace.took("a", 0.1)  # the first time, it makes what it needs
    for _ in range(20):
        pace.took("a", 0.004)
    pace.drawn("a")
    assert pace.next(["a"], ["a"])[1] == pytest.approx(0.004 / SHARE, rel=0.05)
