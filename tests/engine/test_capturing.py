"""Steps that are recorded once and replayed: the same numbers as one operation after the other."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
import torch
from engine.helpers import CLASSIC, CONDITIONAL, DCGAN, VARIANTS, assert_same_state, only, run, state, trainer
from engine.tape import TapeRecorder

from ganstudio.engine import build
from ganstudio.engine.capturing import REHEARSALS
from ganstudio.engine.events import Checkpoint, Edited, Finished, Metrics, StageReached, Trouble
from ganstudio.engine.trainer import Trainer

CAPTURED = {"precision.capture": "automatic"}


@pytest.fixture(autouse=True)
def _numbers_lie_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """Optimisers as on a CUDA device, for trainings with and without recordings."""
    monkeypatch.setattr(build, "ASYNCHRONOUS", frozenset({"cpu"}))
    rmsprop = sys.modules[torch.optim.RMSprop.__module__]
    monkeypatch.setattr(rmsprop, "_get_capturable_supported_devices", lambda: ["cpu"])


def captured(values: dict[str, Any] | None = None, **options: Any) -> tuple[Trainer, TapeRecorder]:
    t = trainer({**(values or {}), **CAPTURED}, **options)
    recorder = TapeRecorder()
    t.steps.recorder = recorder
    return t, recorder


def assert_same_training(one: Trainer, other: Trainer) -> None:
    """Equal to the last bit, but for the setting."""
    states = state(one), state(other)
    for each in states:
        each.numbers["experiment"]["precision"].pop("capture")  # type: ignore[index]
    assert_same_state(*states)


def metrics(events: list[Any]) -> dict[str, list[float]]:
    found = only(events, Metrics)
    return {name: [x for m in found for x in m.values[name].tolist()] for name in found[0].values}


@pytest.mark.parametrize("values", [*VARIANTS, {"critic_optimizer.kind": "sgd"}])
def test_captured_steps_train_the_same_numbers(values: dict[str, Any]) -> None:
    (ours, recorder), plain = captured(values), trainer(values)
    events = run(ours, 6), run(plain, 6)
    assert_same_training(ours, plain)
    for one, other in zip(metrics(events[0]).values(), metrics(events[1]).values(), strict=True):
        assert np.array_equal(one, other, equal_nan=True)
    assert recorder.replayed >= 6  # else this tests nothing
    assert not only(events[0], Trouble)


def test_a_number_of_the_host_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is as strict as a graph: a learning rate that is no tensor stays as it was recorded."""
    monkeypatch.setattr(build, "ASYNCHRONOUS", frozenset())
    values = {"critic_optimizer.schedule": "linear", "critic_optimizer.decay_over": 8}
    (ours, recorder), plain = captured(values), trainer(values)
    run(ours, 6)
    run(plain, 6)
    assert recorder.replayed
    weights = state(ours).tensors["critic"], state(plain).tensors["critic"]
    assert any(not np.array_equal(weights[0][name], weights[1][name]) for name in weights[1])


def test_the_first_steps_of_each_shape_are_rehearsals() -> None:
    t, recorder = captured({"lipschitz.every": 2, "schedule.n_critic": 4})
    run(t, 2)
    assert (recorder.rehearsed, recorder.recorded) == (2 * REHEARSALS + 2, 2)
    run(t, 3)
    assert (recorder.rehearsed, recorder.recorded) == (3 * REHEARSALS, 3)
    assert recorder.replayed == 5 * 5 - 3 * REHEARSALS


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lipschitz.weight", 3.0),
        ("lipschitz.side", "one-sided"),
        ("critic_optimizer.learning_rate", 0.01),
        ("critic_optimizer.clip_norm", 0.1),
        ("schedule.n_critic", 1),
    ],
)
def test_a_live_edit_acts_at_once(path: str, value: object) -> None:
    (ours, recorder), plain = captured(), trainer()
    for t in (ours, plain):
        run(t, 5)
        t.control.edit(path, value)
        assert only(run(t, 6), Edited)
    assert_same_training(ours, plain)
    assert recorder.recorded == 4  # both steps, before and after
    assert recorder.replayed


def test_capturing_can_be_switched_while_training_runs() -> None:
    (ours, recorder), plain = captured(), trainer()
    run(ours, 5)
    ours.control.edit("precision.capture", "off")
    before = recorder.replayed
    run(ours, 5)
    assert recorder.replayed == before > 0
    ours.control.edit("precision.capture", "automatic")
    run(ours, 5)
    assert recorder.replayed > before
    run(plain, 15)
    assert_same_training(ours, plain)


@pytest.mark.parametrize("values", [{}, {**DCGAN, "ema.decay": 0.9}, {"lipschitz.every": 3}])
def test_looking_stage_by_stage_comes_between_replays(values: dict[str, Any]) -> None:
    (ours, recorder), plain = captured(values), trainer(values)
    run(ours, 6)
    before = recorder.replayed
    ours.control.slow(0.0)
    assert only(run(ours, 2), StageReached)
    assert recorder.replayed == before > 0
    ours.control.slow(None)
    run(ours, 4)
    assert recorder.replayed > before
    run(plain, 12)
    assert_same_training(ours, plain)


@pytest.mark.parametrize("values", [{}, CONDITIONAL, {"techniques.historical_averaging": True}])
@pytest.mark.parametrize("steps", [3 * 7, 3 * 7 + 1, 3 * 7 + 2])
def test_a_state_from_between_replays_goes_on_exactly(values: dict[str, Any], steps: int) -> None:
    t, recorder = captured(values)
    for _ in range(steps):  # also to the middle of an iteration
        list(t.advance())
    assert recorder.replayed
    saved = state(t)
    again, _ = captured(values, snapshot=saved)
    plain = trainer(values, snapshot=saved)
    for one in (t, again, plain):
        run(one, 8)
    assert_same_training(again, t)
    assert_same_training(plain, t)


def test_a_failed_training_goes_on_from_the_good_state_without_old_recordings() -> None:
    t, recorder = captured({"saving.checkpoint_every": 5})
    run(t, 8)
    good = state(t)
    with torch.no_grad():
        next(t.players.critic.parameters()).fill_(torch.nan)
    assert only(run(t, 5), Finished)[0].reason == "failed"
    assert_same_state(state(t), good)
    recorded = recorder.recorded
    run(t, 6)
    assert recorder.recorded == recorded + 2
    whole = trainer({"saving.checkpoint_every": 5})
    run(whole, 14)
    assert_same_training(t, whole)


def test_what_a_replay_leaves_is_what_a_probe_sees() -> None:
    (ours, recorder), plain = captured(CLASSIC), trainer(CLASSIC)
    run(ours, 6)
    run(plain, 6)
    assert recorder.replayed
    networks = ours.players.generator, plain.players.generator
    for one, other in zip(*(network.parameters() for network in networks), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert torch.equal(one.grad, other.grad)
    one, other = ours.observer.last_critic, plain.observer.last_critic
    assert one is not None
    assert other is not None
    assert torch.equal(one.real, other.real)
    assert torch.equal(one.fake, other.fake)


def test_scalars_of_a_step_stay_when_it_is_replayed() -> None:
    t, _ = captured()
    for _ in range(3 * 5):
        list(t.advance())
    first = t.observer.last_critic
    assert first is not None
    loss = first.loss.item()
    for _ in range(3):
        list(t.advance())
    assert t.observer.last_critic is not None
    assert first.loss.item() == loss != t.observer.last_critic.loss.item()


class Refusing(TapeRecorder):
    """A recorder that finds something that it cannot record, and leaves the streams broken."""

    def record(self, work: Any, streams: Any) -> Any:
        work = super().record(work, streams)
        for stream in streams:
            stream.manual_seed(0)
        try:
            raise RuntimeError("operation not permitted.\nMore about it.")
        except RuntimeError as error:
            raise RuntimeError("previous error during capture") from error


def test_what_cannot_be_captured_is_said_once_and_trains_on() -> None:
    t, plain = trainer(CAPTURED), trainer()
    t.steps.recorder = Refusing()
    events = run(t, 5) + run(t, 4)
    (trouble,) = only(events, Trouble)
    assert not trouble.fatal
    assert trouble.sentence == (
        "A critic step cannot be captured (operation not permitted); steps run one operation after the other."
    )
    assert t.steps.recorder.recorded == 1
    assert only(events, Checkpoint)
    run(plain, 9)
    assert_same_training(t, plain)


def test_without_a_recorder_nothing_is_said() -> None:
    events = run(trainer(CAPTURED), 2)
    assert not only(events, Trouble)
    assert only(events, Finished)[0].reason == "finished"


def test_several_processes_run_one_operation_after_the_other_and_say_so() -> None:
    class Two:
        rank, size = 0, 2

        def __getattr__(self, name: str) -> Any:
            from ganstudio.engine.crew import Alone

            return getattr(Alone(), name)

    t, recorder = captured(crew=Two())
    sentences = [e.sentence for e in only(run(t, 6), Trouble)]
    assert len(sentences) == 1
    assert "several processes" in sentences[0]
    assert not recorder.rehearsed
