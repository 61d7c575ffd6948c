"""Images are judged beside training, which goes on as if nobody looked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag
from threading import enumerate as enumerate_threads
from typing import Any

import numpy as np
import pytest
import torch

from ganstudio.data.dataset import Progress
from ganstudio.engine import sharing
from ganstudio.engine.control import Control
from ganstudio.engine.events import Evaluated, EvaluationDue, Event, Finished, StateChanged, Trouble
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import UserError
from ganstudio.evaluation import beside, classifier
from ganstudio.evaluation.beside import judged
from ganstudio.evaluation.evaluate import Reference, Request, evaluate
from ganstudio.experiment.files import preset
from ganstudio.experiment.parse import with_values

SMALL = {
    "generator.width": 16,
    "critic.width": 16,
    "schedule.batch_size": 16,
    "schedule.n_critic": 1,
    "probes.measure_every": 1000,
    "probes.evaluate_every": 5,
    "data.held_out": 0.1,
}
PATIENCE = 60.0  # seconds


@pytest.fixture(autouse=True)
def _quick(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path_factory.getbasetemp() / "classifiers-beside"
    monkeypatch.setattr(classifier, "classifiers_folder", lambda: cache)
    monkeypatch.setattr(classifier, "STEPS", 10)
    monkeypatch.setattr(beside, "SAMPLES", 60)
    monkeypatch.setattr(beside, "SEARCHED", 100)
    monkeypatch.setattr(beside, "LAST_SECONDS", PATIENCE)


def _trainer(threads: int = 1, **values: object) -> Trainer:
    named = {path.replace("__", "."): value for path, value in values.items()}
    experiment = with_values(preset("digits-wgan-gp").experiment, {**SMALL, **named})
    return Trainer(experiment, device="cpu", threads=threads)


def _of(kind: type[Event], events: list[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


class _Judge:
    """Stands for the figures: waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go_on = Flag(), Flag()
        self.count = 0

    def __call__(
        self, _draw: object, _reference: Reference, _request: Request, *, progress: Progress
    ) -> tuple[dict[str, float], dict[str, Any]]:
        self.count += 1
        self.begun.set()
        end = time.monotonic() + PATIENCE
        while not self.go_on.wait(0.005):
            progress("Waiting", 0, 0)
            assert time.monotonic() < end
        return {"swd": float(self.count)}, {}


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Judge]:
    stand_in = _Judge()
    monkeypatch.setattr(beside, "judge", stand_in)
    yield stand_in
    stand_in.go_on.set()


@pytest.mark.parametrize("threads", [1, 2])
def test_weights_are_the_same_to_the_last_bit_with_figures_and_without(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "HALVES", 0)  # so that the threads share every operation
    before = torch.get_rng_state()
    watched, alone = _trainer(threads), _trainer(threads, probes__evaluate_every=0)
    events = list(judged(watched, 20))
    assert not _of(Evaluated, list(judged(alone, 20)))
    assert _of(Evaluated, events)
    assert not _of(EvaluationDue, events)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), before)
    ours, theirs = watched.snapshot().tensors, alone.snapshot().tensors
    for file in ("generator", "critic", "generator_optimizer", "critic_optimizer", "random"):
        for name, array in ours[file].items():
            assert np.array_equal(array, theirs[file][name]), (file, name)


def test_figures_are_those_of_the_saved_state_of_their_iteration() -> None:
    trainer = _trainer()
    (found,) = _of(Evaluated, list(judged(trainer, 5)))
    assert found.iteration == 5
    request = Request(samples=60, seeds=(trainer.experiment.seed,), searched=100)
    expected = evaluate(trainer.snapshot(), Reference(trainer.dataset, trainer.held_out), request)
    assert dict(found.figures) == dict(expected.figures)
    assert dict(found.facts) == dict(expected.facts)
    assert {"swd", "ms_ssim", "precision", "coverage", "nearest_ratio", "classifier_fid"} <= set(
        found.figures
    )
    assert found.facts["classifier"]["weights_sha256"]
    assert (found.facts["samples"], found.facts["unseen"]) == (60, "held-out data")


def test_the_moving_average_is_judged_where_there_is_one() -> None:
    trainer = _trainer(ema__decay=0.9)
    (found,) = _of(Evaluated, list(judged(trainer, 5)))
    request = Request(samples=60, seeds=(trainer.experiment.seed,), searched=100)
    reference = Reference(trainer.dataset, trainer.held_out)
    assert dict(found.figures) == dict(evaluate(trainer.snapshot(), reference, request).figures)


def test_training_goes_on_meanwhile_and_what_falls_due_is_left_out(judge: _Judge) -> None:
    """One is under way from iteration 5 on; those of 10 and 15 are left out, the last one is not."""
    trainer, seen = _trainer(), []
    for event in judged(trainer, 20):
        seen.append(event)
        if trainer.iteration == 20:
            judge.go_on.set()
    assert [event.iteration for event in _of(Evaluated, seen)] == [5, 20]
    assert judge.count == 2
    assert isinstance(seen[-1], Finished)


def test_figures_come_between_the_events_of_later_iterations(judge: _Judge) -> None:
    seen: list[Event] = []
    for event in judged(_trainer(probes__gradient_norms_every=1), 60):
        seen.append(event)
        if event.iteration >= 10:
            judge.go_on.set()
    first = next(i for i, event in enumerate(seen) if isinstance(event, Evaluated))
    assert seen[first].iteration == 5
    assert seen[first - 1].iteration >= 10


def test_a_stop_drops_what_is_under_way_at_once(judge: _Judge) -> None:
    trainer = _trainer()
    seen = []
    for event in judged(trainer, 10_000):
        seen.append(event)
        if judge.begun.is_set():
            trainer.control.stop()
    assert isinstance(seen[-1], Finished)
    assert seen[-1].reason == "stopped"
    assert not _of(Evaluated, seen)
    assert not judge.go_on.is_set()  # it was never let go, and still training has ended


def test_a_stop_while_the_last_figures_are_waited_for_drops_them(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = _trainer()

    def judge_for_ever(*_: object, progress: Progress) -> None:
        trainer.control.stop()
        while True:
            progress("Waiting", 0, 0)

    monkeypatch.setattr(beside, "judge", judge_for_ever)
    seen = list(judged(trainer, 5))
    assert seen[-1].reason == "finished"  # type: ignore[attr-defined]
    assert not _of(Evaluated, seen)


def test_an_abandoned_training_leaves_no_evaluation_behind(judge: _Judge) -> None:
    events = judged(_trainer(), 10_000)
    while not judge.begun.is_set():
        next(events)
    events.close()  # type: ignore[attr-defined]
    assert not any(thread.name == "evaluation" for thread in enumerate_threads())


def test_figures_come_while_training_is_paused(judge: _Judge) -> None:
    control = Control()
    trainer = _trainer()
    trainer.control = control
    seen, paused = [], 0
    for event in judged(trainer, 30):
        seen.append(event)
        if trainer.iteration > 5 and not paused:
            assert judge.begun.wait(PATIENCE)  # its thread may begin late on a busy machine
            paused = 1
            control.pause()
        elif paused == 1 and isinstance(event, StateChanged) and event.state == "paused":
            paused = 2
            judge.go_on.set()  # training waits for a command now; only the evaluation can wake it up
        elif paused == 2 and isinstance(event, Evaluated):
            paused = 3
            control.resume()
    assert paused == 3
    assert seen[-1].reason == "finished"


def test_trouble_is_said_once_and_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise UserError("The disk is made of cheese.")

    monkeypatch.setattr(beside, "judge", fail)
    events = list(judged(_trainer(), 30))
    (trouble,) = _of(Trouble, events)
    assert "no longer judged" in trouble.sentence
    assert "cheese" in trouble.sentence
    assert not trouble.fatal
    assert events[-1].reason == "finished"  # type: ignore[attr-defined]


def test_a_fault_of_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(beside, "judge", fail)
    (trouble,) = _of(Trouble, list(judged(_trainer(), 10)))
    assert "ZeroDivisionError" in trouble.detail


def test_a_short_training_is_not_judged() -> None:
    """A person who tries a few iterations does not wait for a classifier to be trained."""
    assert not _of(Evaluated, list(judged(_trainer(), 4)))


def test_the_classifier_is_trained_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "classifiers_folder", lambda: tmp_path)
    list(judged(_trainer(), 5))
    (kept,) = tmp_path.iterdir()
    at = kept.stat().st_mtime_ns
    list(judged(_trainer(), 5))
    assert [path.stat().st_mtime_ns for path in tmp_path.iterdir()] == [at]
