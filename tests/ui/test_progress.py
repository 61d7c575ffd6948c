import pytest
from ui_fakes import metrics

from ganstudio.ui.progress import PaceMeter, duration


def test_the_rate_comes_from_training_time() -> None:
    meter = PaceMeter()
    meter.start(0, 100)
    meter.add(metrics(1, 2, 3))
    meter.add(metrics(4, 5, 6, 7, 8, 9, 10))
    assert meter.pace.iteration == 10
    assert meter.pace.rate == pytest.approx(10)  # 0.1 s an iteration
    assert meter.pace.eta == pytest.approx(9)


def test_only_the_latest_seconds_count() -> None:
    meter = PaceMeter()
    meter.start(0, 10**6)
    for i in range(1, 1001):
        meter.add(metrics(i, seconds_each=0.1))
    fast = metrics(1500)
    meter.add(type(fast)(1500, fast.iterations, fast.seconds * 0 + 101.0, fast.values))
    assert meter.pace.rate > 80  # 500 iterations in one second, averaged with slow seconds before


def test_nobody_knows_at_the_beginning() -> None:
    meter = PaceMeter()
    assert meter.pace.eta is None
    meter.start(5, 10)
    meter.add(metrics(6))
    assert meter.pace.eta is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"), (12000, "3 h 20 min")],
)
def test_duration(seconds: float, words: str) -> None:
    assert duration(seconds) == words
