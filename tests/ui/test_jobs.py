"""Jobs: every ending is told once, progress comes in, cancelling works, and nobody waits in vain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from ganstudio.data.dataset import Progress
from ganstudio.errors import UserError
from ganstudio.ui.jobs import Ending, Job, Jobs, Work

PATIENCE = 10000  # ms


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.cancel_all()
    qtbot.waitUntil(lambda: not made.is_active, timeout=PATIENCE)


def ending(qtbot: QtBot, job: Job) -> Ending:
    with qtbot.waitSignal(job.ended, timeout=PATIENCE) as signal:
        pass
    found: Ending = signal.args[0]
    return found


def until_cancelled(begun: threading.Event) -> Work:
    def work(progress: Progress) -> None:
        while True:
            progress("Counting", 1, 0)
            begun.set()

    return work


def test_work_is_done_in_a_thread_of_its_own_and_its_result_comes_back(qtbot: QtBot, jobs: Jobs) -> None:
    job = jobs.start("Export", lambda progress: threading.get_ident())
    assert jobs.is_active
    end = ending(qtbot, job)
    assert end.kind == "done"
    assert end.result not in (None, threading.get_ident())
    assert not jobs.is_active


def test_the_last_progress_is_told_before_the_ending(qtbot: QtBot, jobs: Jobs) -> None:
    told: list[object] = []

    def work(progress: Progress) -> None:
        for done in range(1001):
            progress("Counting", done, 2**40)

    job = jobs.start("Export", work)
    job.progressed.connect(lambda *report: told.append(report))
    job.ended.connect(lambda end: told.append(end.kind))
    ending(qtbot, job)
    assert told[-2:] == [("Counting", 1000, 2**40), "done"]
    assert len(told) < 100  # not a signal for each report


def test_a_mistake_is_a_sentence_and_no_fault(qtbot: QtBot, jobs: Jobs) -> None:
    def work(progress: Progress) -> None:
        raise UserError("The disk is full.")

    faults: list[str] = []
    jobs.faulted.connect(lambda sentence, detail: faults.append(detail))
    assert ending(qtbot, jobs.start("Export", work)) == Ending("refused", sentence="The disk is full.")
    assert faults == []


def test_a_fault_keeps_its_traceback(qtbot: QtBot, jobs: Jobs) -> None:
    def work(progress: Progress) -> None:
        raise ZeroDivisionError("by nothing")

    faults: list[tuple[str, str]] = []
    jobs.faulted.connect(lambda *fault: faults.append(fault))
    end = ending(qtbot, jobs.start("Export", work))
    assert end.kind == "failed"
    assert end.sentence.startswith("Export ended because of a fault in the program (ZeroDivisionError")
    assert 'raise ZeroDivisionError("by nothing")' in end.detail
    assert faults == [(end.sentence, end.detail)]


def test_cancelling_ends_the_work_at_its_next_report(qtbot: QtBot, jobs: Jobs) -> None:
    begun = threading.Event()
    job = jobs.start("Export", until_cancelled(begun))
    assert begun.wait(30)
    assert not job.is_cancelled
    job.cancel()
    assert job.is_cancelled
    assert ending(qtbot, job) == Ending("cancelled")


def test_work_that_ends_before_it_hears_of_cancelling_is_done(qtbot: QtBot, jobs: Jobs) -> None:
    """A file that was written is not called cancelled."""
    begun, asked = threading.Event(), threading.Event()

    def work(progress: Progress) -> str:
        begun.set()
        assert asked.wait(30)
        return "written"

    job = jobs.start("Export", work)
    assert begun.wait(30)
    job.cancel()
    asked.set()
    assert ending(qtbot, job) == Ending("done", "written")


def test_who_waits_for_all_jobs_is_called_once_after_the_last(qtbot: QtBot, jobs: Jobs) -> None:
    called: list[str] = []
    jobs.when_idle(lambda: called.append("at once"))
    assert called == ["at once"]
    flags = [threading.Event(), threading.Event()]
    running = [jobs.start("Export", until_cancelled(flag)) for flag in flags]
    assert all(flag.wait(30) for flag in flags)
    jobs.when_idle(lambda: called.append("afterwards"))
    running[0].cancel()
    ending(qtbot, running[0])
    assert called == ["at once"]
    jobs.cancel_all()
    ending(qtbot, running[1])
    assert called == ["at once", "afterwards"]


def test_an_action_that_waited_may_begin_another_job(qtbot: QtBot, jobs: Jobs) -> None:
    results: list[object] = []

    def again() -> None:
        jobs.start("Second", lambda progress: 2).ended.connect(lambda end: results.append(end.result))

    first: Callable[[Progress], object] = lambda progress: 1  # noqa: E731
    job = jobs.start("First", first)
    jobs.when_idle(again)
    ending(qtbot, job)
    qtbot.waitUntil(lambda: results == [2], timeout=PATIENCE)
