from threading import Thread

import numpy as np
from ui_fakes import metrics, samples

from ganstudio.engine.events import Finished, GradientNorms, Metrics, StateChanged
from ganstudio.ui.mailbox import Loading, Mailbox


def test_scalars_are_never_dropped_and_only_the_latest_pictures_are_kept() -> None:
    box = Mailbox()
    for i in range(1, 1001):
        box.put(metrics(i))
        box.put(samples(i))
        box.put(GradientNorms(i, np.ones(3, np.float32), 1.0, points=np.ones((3, 2), np.float32)))
        box.put(Loading(i, "Reading", i, 1000))
    drained = box.drain()
    assert [e.iteration for e in drained if type(e).__name__ == "Metrics"] == list(range(1, 1001))
    others = [(type(e).__name__, e.iteration) for e in drained if not isinstance(e, Metrics | GradientNorms)]
    assert others == [("Samples", 1000), ("Loading", 1000)]


def test_all_gradient_norms_reach_their_history_but_only_the_latest_points() -> None:
    box = Mailbox()
    for i in range(1, 101):
        box.put(GradientNorms(i, np.full(3, i, np.float32), 1.0, points=np.ones((3, 2), np.float32)))
        box.put(metrics(i))
    drained = box.drain()
    assert [e.iteration for e in drained] == [i for i in range(1, 101) for _ in range(2)]
    norms = [e for e in drained if isinstance(e, GradientNorms)]
    assert [float(e.norms[0]) for e in norms] == list(range(1, 101))
    assert [e.iteration for e in norms if e.points is not None] == [100]


def test_events_keep_their_order_around_the_pictures() -> None:
    box = Mailbox()
    events = [
        StateChanged(0, "running", "critic", 0),
        samples(1),
        metrics(1),
        samples(2),
        Finished(2, "finished"),
    ]
    for event in events:
        box.put(event)
    assert box.drain() == [events[0], events[2], events[3], events[4]]


def test_a_picture_after_a_drain_is_delivered_again() -> None:
    box = Mailbox()
    box.put(samples(1))
    assert len(box.drain()) == 1
    assert box.drain() == []
    box.put(samples(2))
    assert [e.iteration for e in box.drain()] == [2]


def test_nothing_is_lost_between_a_writing_and_a_reading_thread() -> None:
    box, seen = Mailbox(), []
    writer = Thread(target=lambda: [box.put(metrics(i)) for i in range(1, 20001)])
    writer.start()
    while writer.is_alive():
        seen += box.drain()
    seen += box.drain()
    assert [e.iteration for e in seen] == list(range(1, 20001))


def test_what_somebody_waits_for_rings_once_until_the_next_look() -> None:
    rung: list[str] = []
    box = Mailbox(lambda: rung.append("ring"))
    for event in (metrics(1), samples(1), Loading(1, "Reading", 1, 2)):
        box.put(event)
    assert rung == []
    box.put(StateChanged(1, "paused", "critic", 0))
    box.put(StateChanged(1, "running", "critic", 0))
    assert rung == ["ring"]
    assert len(box.drain()) == 5
    box.put(Finished(2, "finished"))
    assert rung == ["ring", "ring"]
