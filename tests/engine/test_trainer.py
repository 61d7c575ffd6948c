"""The loop: order of steps, events, control, exactness, and orderly ends."""

import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from engine.helpers import (
    CLASSIC,
    CLIPPED,
    DCGAN,
    VARIANTS,
    assert_same_state,
    only,
    run,
    state,
    tiny,
    trainer,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.engine import casting
from ganstudio.engine import trainer as trainer_module
from ganstudio.engine.events import (
    SCALARS,
    Checkpoint,
    Edited,
    EditRefused,
    Event,
    Finished,
    GradientNorms,
    Metrics,
    Samples,
    Started,
    StateChanged,
    Trouble,
)
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import ExperimentError, UserError


def steps_taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    order: list[str] = []
    critic, generator = trainer_module.critic_stages, trainer_module.generator_stages
    monkeypatch.setattr(trainer_module, "critic_stages", lambda p: order.append("critic") or critic(p))
    monkeypatch.setattr(
        trainer_module, "generator_stages", lambda p: order.append("generator") or generator(p)
    )
    return order


def test_n_critic_steps_then_one_of_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    order = steps_taken(monkeypatch)
    t = trainer({"schedule.n_critic": 3})
    run(t, 2)
    assert order == ["critic", "critic", "critic", "generator"] * 2
    assert (t.iteration, t.critic_steps) == (2, 6)


def test_events_of_a_run_tell_its_whole_story() -> None:
    events = run(trainer(), 12)
    assert isinstance(events[0], Started)
    assert isinstance(events[1], Samples)
    assert isinstance(events[-2], Checkpoint)
    assert events[-1] == Finished(12, "finished")
    iterations = np.concatenate([m.iterations for m in only(events, Metrics)])
    assert iterations.tolist() == list(range(1, 13))  # every iteration once, none lost
    seconds = np.concatenate([m.seconds for m in only(events, Metrics)])
    assert (np.diff(seconds) > 0).all()
    assert [n.iteration for n in only(events, GradientNorms)] == [5, 10, 12]
    assert all(n.norms.shape == (16,) and n.target == 1.0 for n in only(events, GradientNorms))
    assert [s.iteration for s in only(events, Samples)] == [0, 5, 10, 12]
    assert all(s.generated.shape == (20, 2) for s in only(events, Samples))
    started = only(events, Started)[0]
    assert started.real.shape == (20, 2)
    assert started.modes is not None
    assert len(started.modes.centres) == 8


@pytest.mark.parametrize(
    ("values", "absent"),
    [
        ({}, {"total_loss"}),
        (CLIPPED, {"total_loss", "gradient_penalty"}),
        (CLASSIC, {"wasserstein_estimate", "gradient_penalty"}),
        (
            {**CLASSIC, "objective.kind": "minimax"},
            {"wasserstein_estimate", "gradient_penalty", "total_loss"},
        ),
    ],
)
def test_scalars_that_do_not_apply_are_absent(values: dict[str, Any], absent: set[str]) -> None:
    absent = absent | {name for name in SCALARS if name.endswith(("_history", "_likeness"))}
    absent |= {"negative_critic_loss_training", "negative_critic_loss_held_out"}
    t = trainer({**values, "probes.gradient_norms_every": 1})
    metrics = only(run(t, 4), Metrics)
    for name in SCALARS:
        column = np.concatenate([m.values[name] for m in metrics])
        assert np.isnan(column).all() if name in absent else np.isfinite(column).all(), name
        assert (t.snapshot().numbers["last"][name] is None) == (name in absent)


def test_scalars_are_those_of_the_steps() -> None:
    metrics = only(run(trainer({"probes.gradient_norms_every": 1}), 6), Metrics)
    values = {name: np.concatenate([m.values[name] for m in metrics]) for name in SCALARS}
    np.testing.assert_allclose(
        values["critic_loss"],
        values["gradient_penalty"] - values["wasserstein_estimate"],
        rtol=1e-5,
        atol=1e-6,
    )
    classic = only(run(trainer(CLASSIC), 6), Metrics)
    values = {name: np.concatenate([m.values[name] for m in classic]) for name in SCALARS}
    np.testing.assert_allclose(
        values["total_loss"], values["critic_loss"] + values["generator_loss"], rtol=1e-6
    )


@pytest.mark.parametrize("values", VARIANTS)
def test_going_on_from_memory_is_exact(values: dict[str, Any]) -> None:
    whole = trainer(values)
    run(whole, 9)
    first = trainer(values)
    for _ in range(10):  # stops in the middle of the critic steps of the fourth iteration
        list(first.advance())
    assert first.critic_step == 1
    second = Trainer(first.experiment, device="cpu", threads=1, snapshot=state(first))
    run(second, 6)
    assert_same_state(whole.snapshot(), second.snapshot())


@given(at=st.integers(0, 25))
@settings(max_examples=8, deadline=None)
def test_going_on_is_exact_wherever_it_stopped(at: int) -> None:
    whole = trainer()
    for _ in range(26):
        list(whole.advance())
    list(whole.observer.flush())
    part = trainer()
    for _ in range(at):
        list(part.advance())
    rest = Trainer(part.experiment, device="cpu", threads=1, snapshot=state(part))
    for _ in range(26 - at):
        list(rest.advance())
    assert_same_state(state(whole), state(rest))


@pytest.mark.parametrize("values", VARIANTS)
def test_looking_changes_no_weight(values: dict[str, Any]) -> None:
    often = trainer(
        {**values, "probes.samples_every": 1, "probes.gradient_norms_every": 1, "probes.measure_every": 4}
    )
    seldom = trainer(
        {**values, **dict.fromkeys(("probes.samples_every", "probes.gradient_norms_every"), 1000)}
    )
    run(often, 7)
    run(seldom, 7)
    for file in often.snapshot().tensors.keys() - {"last_critic_step"}:
        for name, array in often.snapshot().tensors[file].items():
            assert np.array_equal(array, seldom.snapshot().tensors[file][name]), name


def test_sampling_touches_no_buffer_and_no_mode() -> None:
    t = trainer({**DCGAN, **CLASSIC, "generator.norm": "batch", "critic.norm": "batch"})
    run(t, 2)
    before = t.snapshot()
    list(t.look())
    assert_same_state(before, t.snapshot())
    assert t.players.generator.training
    assert t.players.critic.training


def test_equal_seeds_train_equal_weights_and_other_seeds_others() -> None:
    one, same, other = trainer(), trainer(), trainer({"seed": 1})
    for t in (one, same, other):
        run(t, 3)
    assert_same_state(one.snapshot(), same.snapshot())
    assert not np.array_equal(
        one.snapshot().tensors["generator"]["output.weight"],
        other.snapshot().tensors["generator"]["output.weight"],
    )


def follow(events: Iterator[Event], until: type, state: str = "") -> list[Event]:
    """Events up to the first of a kind (for StateChanged: of that state)."""
    seen = []
    for event in events:
        seen.append(event)
        if isinstance(event, until) and (not state or getattr(event, "state", "") == state):
            return seen
    raise AssertionError(f"no {until.__name__} {state}")


def test_pause_steps_and_going_on() -> None:
    t = trainer()
    events = t.run(6)
    t.control.pause()
    seen = follow(events, StateChanged, "paused")
    assert only(seen, StateChanged)[-1] == StateChanged(0, "paused", "critic", 0)
    t.control.step("critic")
    assert follow(events, StateChanged, "paused")[-1] == StateChanged(0, "paused", "critic", 1)
    t.control.step("iteration")  # once all around, back to where it stands in the algorithm
    assert follow(events, StateChanged, "paused")[-1] == StateChanged(1, "paused", "critic", 1)
    t.control.step("generator")
    seen = follow(events, StateChanged, "paused")
    assert seen[-1] == StateChanged(2, "paused", "critic", 0)
    assert only(seen, Samples)[-1].iteration == 2  # what the step did is shown
    assert only(seen, Metrics)[-1].iteration == 2
    for stage, critic_step in (("critic", 1), ("generator", 2)):
        t.control.step("critic")
        assert follow(events, StateChanged, "paused")[-1] == StateChanged(2, "paused", stage, critic_step)
    t.control.step("critic")  # the generator's step comes first in the algorithm, so it is taken on the way
    assert follow(events, StateChanged, "paused")[-1] == StateChanged(3, "paused", "critic", 1)
    t.control.resume()
    assert list(events)[-1] == Finished(6, "finished")
    whole = trainer()
    run(whole, 6)
    assert_same_state(t.snapshot(), whole.snapshot())


def test_time_stands_while_paused() -> None:
    t = trainer()
    events = t.run(4)
    t.control.pause()
    follow(events, StateChanged, "paused")
    before = t.clock.seconds()
    timer = threading.Timer(1.0, t.control.resume)
    timer.start()
    seen = follow(events, StateChanged, "running")
    timer.join()
    assert seen
    assert t.clock.seconds() - before < 0.7


def test_stop_saves_and_says_so() -> None:
    t = trainer()
    events = t.run(10**9)
    follow(events, Samples)
    t.control.stop()
    rest = list(events)
    assert isinstance(rest[-2], Checkpoint)
    assert isinstance(rest[-1], Finished)
    assert rest[-1].reason == "stopped"
    assert_same_state(rest[-2].snapshot, t.snapshot())


def test_stop_reaches_a_paused_training() -> None:
    t = trainer()
    events = t.run(100)
    t.control.pause()
    follow(events, StateChanged, "paused")
    t.control.stop()
    assert list(events)[-1] == Finished(0, "stopped")


def test_live_edits_are_applied_between_steps() -> None:
    t = trainer()
    for path, value in (
        ("lipschitz.weight", 0.5),
        ("lipschitz.side", "one-sided"),
        ("critic_optimizer.learning_rate", 0.003),
        ("schedule.n_critic", 1),
    ):
        t.control.edit(path, value)
    events = run(t, 2)
    edited = only(events, Edited)
    assert [(e.path, e.new) for e in edited] == [
        ("lipschitz.weight", 0.5),
        ("lipschitz.side", "one-sided"),
        ("critic_optimizer.learning_rate", 0.003),
        ("schedule.n_critic", 1),
    ]
    assert edited[0].old == 10.0
    assert t.critic_steps == 2
    assert t.players.critic_optimizer.param_groups[0]["lr"] == 0.003
    assert t.players.generator_optimizer.param_groups[0]["lr"] == 1e-4
    assert t.experiment.lipschitz.weight == 0.5
    assert t.snapshot().numbers["experiment"]["lipschitz"]["weight"] == 0.5


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("seed", 3, "cannot change while training runs"),
        ("lipschitz.clip", 0.1, "has no effect"),
        ("lipschitz.weight", -1.0, "must be at least 0"),
        ("lipschitz.weigth", 1.0, "did you mean lipschitz.weight"),
    ],
)
def test_bad_live_edits_are_refused_in_words_and_training_goes_on(
    path: str, value: object, words: str
) -> None:
    t = trainer()
    t.control.edit(path, value)
    events = run(t, 2)
    refused = only(events, EditRefused)
    assert len(refused) == 1
    assert words in refused[0].sentence
    assert not only(events, Edited)
    assert events[-1] == Finished(2, "finished")


def test_a_live_edit_survives_going_on() -> None:
    t = trainer()
    t.control.edit("generator_optimizer.learning_rate", 0.02)
    run(t, 2)
    again = Trainer(tiny(), device="cpu", threads=1, snapshot=t.snapshot())
    assert again.experiment.generator_optimizer.learning_rate == 0.02
    assert again.players.generator_optimizer.param_groups[0]["lr"] == 0.02


def test_checkpoints_come_when_due_and_when_asked() -> None:
    t = trainer({"saving.checkpoint_every": 4})
    t.control.save()
    events = run(t, 9)
    assert [c.iteration for c in only(events, Checkpoint)] == [0, 4, 8, 9]
    assert [c.iteration for c in only(run(t, 7), Checkpoint)] == [
        12,
        16,
    ]  # one at the end, though it is due too


def test_a_loss_that_is_not_finite_stops_at_the_last_good_state(monkeypatch: pytest.MonkeyPatch) -> None:
    t = trainer({"saving.checkpoint_every": 3})
    generator_stages = trainer_module.generator_stages

    def poisoned(players: Any) -> Any:
        step = yield from generator_stages(players)
        return replace(step, loss=step.loss * math.nan) if t.iteration == 4 else step

    monkeypatch.setattr(trainer_module, "generator_stages", poisoned)
    events = run(t, 20)
    assert isinstance(events[-3], Trouble)
    assert "At iteration 5 a loss became infinite or NaN" in events[-3].sentence
    assert "iteration 3 is kept" in events[-3].sentence
    assert not events[-3].detail
    assert isinstance(events[-2], Checkpoint)
    assert events[-2].iteration == 3
    assert events[-1] == Finished(3, "failed")
    assert np.concatenate([m.iterations for m in only(events, Metrics)]).tolist() == [1, 2, 3, 4]
    whole = trainer({"saving.checkpoint_every": 3})
    run(whole, 3)
    assert_same_state(events[-2].snapshot, whole.snapshot())


def test_weights_that_diverge_are_never_saved() -> None:
    # Real divergence, no pretence: SGD with an absurd learning rate.
    t = trainer(
        {
            **CLASSIC,
            "critic_optimizer.kind": "sgd",
            "critic_optimizer.learning_rate": 10.0,
            "objective.kind": "wasserstein",
            "lipschitz.kind": "gradient-penalty",
            "lipschitz.weight": 1e6,
        }
    )
    events = run(t, 50)
    assert only(events, Trouble)
    assert events[-1] == Finished(0, "failed")
    for checkpoint in only(events, Checkpoint):
        assert all(
            np.isfinite(a).all() for file in checkpoint.snapshot.tensors.values() for a in file.values()
        )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "ran out of memory"),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
            "The machine ran out of memory",
        ),
    ],
)
def test_running_out_of_memory_ends_in_order(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    t = trainer({"saving.checkpoint_every": 2})
    critic_stages = trainer_module.critic_stages

    def failing(players: Any) -> Any:
        if t.iteration == 3:
            raise error
        return critic_stages(players)

    monkeypatch.setattr(trainer_module, "critic_stages", failing)
    events = run(t, 10)
    assert words in only(events, Trouble)[0].sentence
    assert "iteration 2 is kept" in only(events, Trouble)[0].sentence
    assert events[-1] == Finished(2, "failed")


def test_a_fault_of_the_program_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        trainer_module, "critic_stages", lambda _: (_ for _ in ()).throw(RuntimeError("a bug"))
    )
    with pytest.raises(RuntimeError, match="a bug"):
        run(trainer(), 1)


def test_mistakes_are_refused_before_anything_is_built() -> None:
    with pytest.raises(UserError, match=r"no device 'cuda:7' .* cpu"):
        Trainer(tiny(), device="cuda:7")
    with pytest.raises(ExperimentError, match="Choose the folder or zip"):
        trainer({"data.source": "folder"})


def test_networks_too_large_for_the_machine_are_refused_in_words() -> None:
    full = RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(casting, "build_critic", lambda *_: (_ for _ in ()).throw(full))
        with pytest.raises(UserError, match="The machine ran out of memory; halve"):
            trainer()


def test_going_on_computes_with_as_many_threads_as_before() -> None:
    first = Trainer(tiny(), device="cpu", threads=2)
    trainer()  # another training in between, with one thread
    again = Trainer(tiny(), device="cpu", snapshot=first.snapshot())
    assert again.snapshot().numbers["threads"] == 2
    assert (
        Trainer(tiny(), device="cpu", threads=1, snapshot=first.snapshot()).snapshot().numbers["threads"] == 1
    )
