"""Each technique in a step, done again by hand; switched off, none of them leaves a trace."""

import copy
from typing import Any

import numpy as np
import pytest
import torch
from engine.helpers import CLASSIC, CLIPPED, DCGAN, only, run, trainer
from engine.plain import plain_training
from engine.test_step import in_float64
from torch import Tensor

from ganstudio.engine.events import Edited, EditRefused, GradientNorms, Snapshot
from ganstudio.engine.step import critic_step, generator_step
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import UserError
from ganstudio.regularizers.historical_averaging import HistoricalAverage

R1 = {**CLASSIC, "lipschitz.kind": "r1"}
WEIGHTS = ("generator", "critic", "generator_optimizer", "critic_optimizer", "random")
NEUTRAL: dict[str, dict[str, Any]] = {
    "gradient clip": {"critic_optimizer.clip_norm": 1e6, "generator_optimizer.clip_norm": 1e6},
    "history": {"techniques.historical_averaging": True, "techniques.historical_weight": 0.0},
    "noise": {"techniques.instance_noise": True, "techniques.noise_std": 0.0},
    "average": {"ema.decay": 0.9},
    "schedule": {"critic_optimizer.schedule": "linear", "critic_optimizer.decay_from": 1000},
}


def same_files(one: Trainer, other: Trainer) -> None:
    ours, theirs = one.snapshot().tensors, other.snapshot().tensors
    for file in WEIGHTS:
        assert ours[file].keys() == theirs[file].keys()
        for name, array in ours[file].items():
            assert np.array_equal(array, theirs[file][name]), f"{file}: {name}"


@pytest.mark.parametrize(
    "values", [{}, CLASSIC, CLIPPED, DCGAN, {**DCGAN, **CLASSIC, "critic.norm": "batch"}]
)
def test_techniques_that_are_off_leave_the_plain_algorithm_to_the_last_bit(values: dict[str, Any]) -> None:
    studio, plain = trainer(values), trainer(values)
    run(studio, 4)
    plain_training(plain.players, 4)
    same_files(studio, plain)


@pytest.mark.parametrize("name", list(NEUTRAL))
def test_techniques_at_their_neutral_values_change_nothing(name: str) -> None:
    with_it, without = trainer(NEUTRAL[name]), trainer()
    run(with_it, 4)
    run(without, 4)
    same_files(with_it, without)


@pytest.mark.parametrize("values", [{}, {"critic.activation": "tanh"}], ids=["closed form", "by the library"])
def test_lazy_penalty_is_taken_every_kth_step_with_k_times_its_weight(values: dict[str, Any]) -> None:
    lazy = in_float64({"lipschitz.every": 3, **values})
    steps = []
    before: list[Any] = []
    for _ in range(7):
        before.append((copy.deepcopy(lazy.critic), lazy.critic_steps))
        steps.append(critic_step(lazy))
        lazy.critic_steps += 1
    assert [step.penalty is not None for step in steps] == [False, False, True, False, False, True, False]
    for step in steps:
        penalty = 0.0 if step.penalty is None else step.penalty.item()
        assert step.loss.item() == pytest.approx(3 * penalty - step.wasserstein_estimate.item(), rel=1e-12)
    for step in (steps[2], steps[5]):  # the figure that is shown is lambda times the price, without k
        assert step.penalty is not None
        assert step.norms is not None
        assert step.penalty.item() == pytest.approx(10 * (step.norms - 1).square().mean().item(), rel=1e-12)


def test_a_lazy_penalty_goes_on_in_its_rhythm() -> None:
    t = trainer({"lipschitz.every": 5})
    for _ in range(4):
        list(t.advance())
    again = Trainer(t.experiment, device="cpu", threads=1, snapshot=t.snapshot())
    due = []
    for _ in range(9):
        if again.stage == "critic":
            due.append(again.players.penalty_is_due)
        list(again.advance())
    # Three critic steps were taken, so the next is the fourth and the one after it the fifth.
    assert due == [False, True, False, False, False, False]


def test_lazy_norms_are_seen_at_the_penaltys_place_in_every_step() -> None:
    values = {**R1, "lipschitz.every": 4, "probes.gradient_norms_every": 1, "schedule.n_critic": 1}
    events = only(run(trainer(values), 8), GradientNorms)
    assert len(events) == 9
    assert {(e.place, e.target) for e in events} == {("real", 0.0)}


@pytest.mark.parametrize(("kind", "at"), [("r1", "real"), ("r2", "fake")])
def test_zero_centred_penalties_in_the_step(kind: str, at: str) -> None:
    players = in_float64({**CLASSIC, "lipschitz.kind": kind, "lipschitz.weight": 6.0})
    critic = copy.deepcopy(players.critic)
    step = critic_step(players)
    points = getattr(step, at).clone().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(points).sum(), points)
    squares = gradient.flatten(1).square().sum(1)
    assert step.penalty is not None
    assert step.norms is not None
    assert step.penalty.item() == pytest.approx(3 * squares.mean().item(), rel=1e-10)
    torch.testing.assert_close(step.norms, squares.sqrt(), rtol=1e-10, atol=0)


@pytest.mark.parametrize("place", ["real", "fake", "dragan"])
def test_the_gradient_penalty_at_other_places_in_the_step(place: str) -> None:
    players = in_float64({"lipschitz.place": place})
    critic = copy.deepcopy(players.critic)
    random = torch.Generator()
    random.set_state(players.eps.get_state())
    step = critic_step(players)
    points = step.fake if place == "fake" else step.real
    if place == "dragan":
        u = torch.rand(points.shape, generator=random, dtype=torch.float64)
        points = points + 0.5 * points.std(correction=0) * u
    points = points.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(points).sum(), points)
    assert step.norms is not None
    torch.testing.assert_close(step.norms, gradient.norm(dim=1), rtol=1e-10, atol=0)


def test_feature_matching_in_the_generator_step() -> None:
    values = {"techniques.feature_matching": True, "generator_optimizer.kind": "sgd"}
    players = in_float64({**CLASSIC, **values, "generator_optimizer.learning_rate": 0.5})
    generator, position = copy.deepcopy(players.generator), players.loader.state()
    latents = torch.Generator()
    latents.set_state(players.latents.get_state())
    loss = generator_step(players).loss
    players.loader.restore(position)
    real = players.loader.next_batch().samples
    fake = generator(torch.randn(16, 2, generator=latents, dtype=torch.float64))
    hidden = players.critic.hidden
    distance = (hidden(real).mean(0) - hidden(fake).mean(0)).square().sum()
    distance.backward()
    assert loss.item() == pytest.approx(distance.item(), rel=1e-12)
    for ours, theirs in zip(players.generator.parameters(), generator.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs - 0.5 * theirs.grad, rtol=1e-10, atol=1e-12)


def test_smoothed_labels_in_the_critic_step() -> None:
    players = in_float64({**CLASSIC, "objective.real_target": 0.9})
    critic = copy.deepcopy(players.critic)
    step = critic_step(players)
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    on_real, on_fake = critic(step.real), critic(step.fake)
    expected = 0.9 * bce(on_real, torch.ones(16)) + 0.1 * bce(on_real, torch.zeros(16))
    expected += bce(on_fake, torch.zeros(16))
    assert step.loss.item() == pytest.approx(expected.item(), rel=1e-7)


def test_historical_averaging_pulls_both_networks_to_the_mean_of_their_past() -> None:
    # With plain gradient descent the pull is seen on its own: the step changes by -lr 2 w (theta - mean).
    values = {
        **CLASSIC,
        "generator_optimizer.kind": "sgd",
        "critic_optimizer.kind": "sgd",
        "generator_optimizer.learning_rate": 0.1,
        "critic_optimizer.learning_rate": 0.1,
    }
    on = in_float64({**values, "techniques.historical_averaging": True, "techniques.historical_weight": 0.3})
    on.critic_history, on.generator_history = HistoricalAverage(on.critic), HistoricalAverage(on.generator)
    off = in_float64(values)
    past: dict[str, list[list[Tensor]]] = {"critic": [], "generator": []}

    def weights(network: Any) -> list[Tensor]:
        return [p.detach().clone() for p in network.parameters()]

    for name in past:
        past[name].append(weights(getattr(on, name)))
    for step, name in ((critic_step, "critic"), (generator_step, "generator")) * 3:
        for network in ("generator", "critic"):  # both start the step from the same weights
            getattr(off, network).load_state_dict(getattr(on, network).state_dict())
        start = weights(getattr(on, name))
        step(on)
        step(off)
        means = [torch.stack(ws).mean(0) for ws in zip(*past[name], strict=True)]
        rows = zip(weights(getattr(on, name)), weights(getattr(off, name)), start, means, strict=True)
        for ours, plain, theta, mean in rows:
            torch.testing.assert_close(ours, plain - 0.1 * 2 * 0.3 * (theta - mean), rtol=1e-9, atol=1e-12)
        past[name].append(weights(getattr(on, name)))


def test_instance_noise_reaches_all_the_critic_sees_and_fades() -> None:
    values = {
        "techniques.instance_noise": True,
        "techniques.noise_std": 0.5,
        "techniques.noise_over": 4,
        "schedule.n_critic": 1,
    }
    values["critic.activation"] = "tanh"  # its passes can be listened to
    noisy, clean = trainer(values), trainer({"schedule.n_critic": 1, "critic.activation": "tanh"})
    step, plain = critic_step(noisy.players), critic_step(clean.players)
    for ours, theirs in ((step.real, plain.real), (step.fake, plain.fake)):
        assert (ours - theirs).std().item() == pytest.approx(0.5, rel=0.35)
    seen: list[Tensor] = []
    noisy.players.critic.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    made: list[Tensor] = []
    noisy.players.generator.register_forward_hook(lambda _, inputs, output: made.append(output.detach()))
    generator_step(noisy.players)
    assert (seen[0] - made[0]).std().item() == pytest.approx(0.5, rel=0.35)
    t = trainer(values)
    run(t, 4)
    stood = t.players.noise.get_state()
    run(t, 2)  # the noise is gone, and nothing is drawn for it any more
    assert torch.equal(stood, t.players.noise.get_state())


@pytest.mark.parametrize("name", ["critic", "generator"])
def test_a_step_is_no_longer_than_its_clipped_gradient(name: str) -> None:
    values = {f"{name}_optimizer.kind": "sgd", f"{name}_optimizer.learning_rate": 0.5}
    for bound in (0.001, 0.002):
        players = in_float64({**values, f"{name}_optimizer.clip_norm": bound})
        network = getattr(players, name)
        before = torch.cat([p.detach().flatten() for p in network.parameters()])
        (critic_step if name == "critic" else generator_step)(players)
        after = torch.cat([p.detach().flatten() for p in network.parameters()])
        # The library shortens to bound ||g|| / (||g|| + 1e-6).
        assert (after - before).norm().item() == pytest.approx(0.5 * bound, rel=2e-3)


@pytest.mark.parametrize(
    ("values", "path", "value"),
    [
        (R1, "lipschitz.weight", 3.0),
        ({}, "lipschitz.every", 4),
        (CLASSIC, "objective.real_target", 0.8),
        ({}, "critic_optimizer.clip_norm", 0.5),
        ({"techniques.historical_averaging": True}, "techniques.historical_weight", 0.5),
        ({"techniques.instance_noise": True}, "techniques.noise_std", 0.5),
    ],
)
def test_live_settings_act_at_once(values: dict[str, Any], path: str, value: object) -> None:
    edited, before, from_start = trainer(values), trainer(values), trainer({**values, path: value})
    edited.control.edit(path, value)
    assert only(run(edited, 3), Edited)
    run(before, 3)
    run(from_start, 3)
    same_files(edited, from_start)
    with pytest.raises(AssertionError):
        same_files(edited, before)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("techniques.feature_matching", True),
        ("ema.decay", 0.9),
        ("precision.kind", "bfloat16"),
        ("lipschitz.place", "real"),
        ("critic_optimizer.schedule", "cosine"),
    ],
)
def test_switches_stay_as_they_are_while_training_runs(path: str, value: object) -> None:
    t = trainer()
    t.control.edit(path, value)
    assert "cannot change while training runs" in only(run(t, 1), EditRefused)[0].sentence


def test_states_from_before_the_techniques_go_on() -> None:
    t, whole = trainer(), trainer()
    run(t, 2)
    run(whole, 4)
    old = t.snapshot()
    groups = ("techniques", "ema", "precision")
    experiment = {name: value for name, value in old.numbers["experiment"].items() if name not in groups}
    random = {name: a for name, a in old.tensors["random"].items() if name not in ("noise", "labels")}
    old = Snapshot(
        old.iteration, {**old.tensors, "random": random}, {**old.numbers, "experiment": experiment}
    )
    again = Trainer(t.experiment, device="cpu", threads=1, snapshot=old)
    run(again, 2)
    same_files(again, whole)


@pytest.mark.parametrize(
    ("values", "missing"),
    [({"ema.decay": 0.9}, "generator_ema"), ({"techniques.historical_averaging": True}, "critic_history")],
)
def test_a_state_that_lacks_what_a_technique_remembers_is_refused(
    values: dict[str, Any], missing: str
) -> None:
    t = trainer(values)
    state = t.snapshot()
    tensors = {name: file for name, file in state.tensors.items() if name != missing}
    with pytest.raises(UserError, match="does not fit its experiment"):
        Trainer(t.experiment, device="cpu", snapshot=Snapshot(0, tensors, state.numbers))
