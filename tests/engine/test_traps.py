"""Traps that GAN projects fell into, by name: the studio avoids each, and the check would notice the fall.

Every trap is a check of what the studio does and the wrong code that many projects have. The check passes on
the studio as it is, and must fail with the wrong code put in. Most traps have closer tests beside the code;
this is the list.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from engine.helpers import CLASSIC, CLIPPED, DCGAN, run, trainer
from engine.plain import plain_training
from torch import Tensor, nn

from ganstudio.data.loader import BatchLoader
from ganstudio.engine import observer as observer_module
from ganstudio.engine import players as players_module
from ganstudio.engine import step as step_module
from ganstudio.engine import trainer as trainer_module
from ganstudio.engine.ema import MovingAverage
from ganstudio.engine.kept_states import KeptStates
from ganstudio.engine.players import Players
from ganstudio.engine.step import CriticStep, Reached, critic_step, generator_step
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import ExperimentError
from ganstudio.experiment import rules
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.objectives import OBJECTIVES, minimax
from ganstudio.regularizers import LIPSCHITZ, gradient_penalty, interpolates, places


@dataclass(frozen=True)
class Trap:
    name: str
    check: Callable[[], None]
    fall: Callable[[pytest.MonkeyPatch], None]


TRAPS: list[Trap] = []


def trap(
    name: str, fall: Callable[[pytest.MonkeyPatch], None]
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def note(check: Callable[[], None]) -> Callable[[], None]:
        TRAPS.append(Trap(name, check, fall))
        return check

    return note


def norm_over_channels(patch: pytest.MonkeyPatch) -> None:
    def wrong(critic: Any, points: Tensor, *, create_graph: bool) -> Tensor:
        return interpolates.gradients_at(critic, points, create_graph=create_graph).norm(2, dim=1)

    patch.setattr(gradient_penalty, "gradient_norms", wrong)


@trap("norm not flattened", norm_over_channels)
def norms_are_over_all_of_a_sample() -> None:
    players = trainer({**DCGAN, "lipschitz.place": "real"}).players
    critic = copy.deepcopy(players.critic)
    step = critic_step(players)
    alone = []
    for sample in step.real:
        x = sample[None].clone().requires_grad_()
        (gradient,) = torch.autograd.grad(critic(x).sum(), x)
        alone.append(gradient.square().sum().sqrt())
    assert step.norms is not None
    assert step.norms.shape == (16,)
    torch.testing.assert_close(step.norms, torch.stack(alone), rtol=1e-4, atol=1e-6)


def one_eps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(places, "draw_eps", lambda like, stream: torch.rand((), generator=stream))


@trap("one eps a batch", one_eps)
def every_sample_has_an_eps_of_its_own() -> None:
    real, fake = torch.zeros(16, 1, 4, 4), torch.ones(16, 1, 4, 4)
    points = trainer().players.penalty_points(real, fake)
    assert len(set(points[:, 0, 0, 0].tolist())) == 16
    assert all(len(set(point.flatten().tolist())) == 1 for point in points)


def two_steps(patch: pytest.MonkeyPatch) -> None:
    def wrong(players: Players) -> CriticStep:
        """Take one step for the objective, and one of its own for the penalty."""
        penalty, players.penalty = players.penalty, None
        step = critic_step(players)
        players.penalty = penalty
        assert penalty is not None
        players.critic_optimizer.zero_grad()
        points = players.penalty_points(step.real, step.fake)
        price, norms = penalty.at(players.critic, points, players.experiment.lipschitz)
        price.backward()
        players.critic_optimizer.step()
        return CriticStep(step.loss, step.wasserstein_estimate, step.real, step.fake, price, norms.detach())

    def stages(players: Players) -> Generator[Reached, None, CriticStep]:
        yield from ()
        return wrong(players)

    patch.setattr(trainer_module, "critic_stages", stages)


@trap("penalty and loss stepped apart", two_steps)
def loss_and_penalty_share_one_step() -> None:
    studio, plain = trainer(), trainer()
    run(studio, 2)
    plain_training(plain.players, 2)
    weights = zip(studio.players.critic.parameters(), plain.players.critic.parameters(), strict=True)
    assert all(torch.equal(ours, theirs) for ours, theirs in weights)


def no_rule(patch: pytest.MonkeyPatch) -> None:
    name = "penalised_critic_scores_each_sample_alone"
    patch.setattr(rules, "RULES", [rule for rule in rules.RULES if rule.__name__ != name])


@trap("batch norm under a penalty", no_rule)
def batch_norm_under_a_penalty_is_refused() -> None:
    for kind in LIPSCHITZ.with_trait("penalty"):
        refused = False
        try:
            with_values(Experiment(), {"lipschitz.kind": kind, "critic.norm": "batch"})
        except ExperimentError as error:
            refused = [issue.path for issue in error.issues] == ["critic.norm"]
        assert refused, kind


def root_of_the_sum(patch: pytest.MonkeyPatch) -> None:
    def wrong(critic: Any, points: Tensor, *, create_graph: bool) -> Tensor:
        gradients = interpolates.gradients_at(critic, points, create_graph=create_graph)
        return gradients.flatten(1).square().sum(1).sqrt()

    patch.setattr(gradient_penalty, "gradient_norms", wrong)


@trap("sqrt at zero gradient gives NaN", root_of_the_sum)
def a_flat_critic_stays_finite() -> None:
    for kind in LIPSCHITZ.with_trait("penalty"):
        for activation in ("leaky-relu", "tanh"):  # in closed form, and by the library's graph
            players = trainer({"lipschitz.kind": kind, "critic.activation": activation}).players
            for p in players.critic.parameters():
                nn.init.zeros_(p)  # flat everywhere
            critic_step(players)
            assert all(torch.isfinite(p).all() for p in players.critic.parameters()), (kind, activation)


def logarithm_of_a_sigmoid(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(minimax, "logsigmoid", lambda x: torch.log(torch.sigmoid(x)))


@trap("sigmoid plus BCE instead of logits", logarithm_of_a_sigmoid)
def a_sure_critic_is_corrected_with_full_force() -> None:
    for name in OBJECTIVES.with_trait("classic"):
        wrong_and_sure = torch.tensor([-200.0], requires_grad=True)  # far where float32's sigmoid is 0
        loss = OBJECTIVES[name].load().critic_loss(real=wrong_and_sure, fake=torch.tensor([-200.0]))
        (gradient,) = torch.autograd.grad(loss, wrong_and_sure)
        assert loss.item() == 200.0
        assert gradient.item() == -1.0
    for values in ({}, DCGAN):
        critic = trainer(values).players.critic
        assert not any(isinstance(m, nn.Sigmoid) for m in critic.modules())


def count_from_nought(patch: pytest.MonkeyPatch) -> None:
    restore = KeptStates.restore

    def wrong(self: KeptStates, snapshot: Any) -> None:
        restore(self, snapshot)
        self._trainer.critic_step = 0

    patch.setattr(KeptStates, "restore", wrong)


@trap("i % n_critic that resets", count_from_nought)
def the_rhythm_of_steps_goes_on() -> None:
    first = trainer({"schedule.n_critic": 3})
    for _ in range(6):  # an iteration and two critic steps of the next
        list(first.advance())
    second = Trainer(first.experiment, device="cpu", threads=1, snapshot=first.snapshot())
    stages = []
    for _ in range(6):
        stages.append(second.stage)
        list(second.advance())
    assert stages == ["critic", "generator", "critic", "critic", "critic", "generator"]


def keep_the_latents(patch: pytest.MonkeyPatch) -> None:
    draw = Players.draw_latents

    def wrong(self: Players) -> Tensor:
        kept: Tensor = self.__dict__.setdefault("kept", draw(self))
        return kept

    patch.setattr(Players, "draw_latents", wrong)


@trap("the critic's z reused for the generator", keep_the_latents)
def every_step_draws_its_latents_afresh() -> None:
    players = trainer().players
    seen: list[Tensor] = []
    players.generator.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].clone()))
    critic_step(players)
    critic_step(players)
    generator_step(players)
    assert len(seen) == 3
    assert not torch.equal(seen[0], seen[1])
    assert not torch.equal(seen[1], seen[2])
    assert not torch.equal(seen[0], seen[2])


def short_last_batch(patch: pytest.MonkeyPatch) -> None:
    def wrong(self: BatchLoader) -> Tensor:
        if self._cursor == len(self._data):
            self._begin_epoch()
        part = self._places[:, self._cursor : self._cursor + self.batch_size]
        self._cursor += part.shape[1]
        return part

    patch.setattr(BatchLoader, "_next_places", wrong)


@trap("tail batches", short_last_batch)
def every_batch_is_full() -> None:
    players = trainer({**CLASSIC, "schedule.batch_size": 64}).players  # 500 points: 7 batches and 52 points
    assert {len(critic_step(players).real) for _ in range(9)} == {64}


def blend_everything(patch: pytest.MonkeyPatch) -> None:
    def wrong(self: MovingAverage, network: nn.Module, decay: float) -> None:
        with torch.no_grad():
            theirs = network.state_dict()
            for name, ours in self.network.state_dict().items():
                ours.copy_(decay * ours + (1 - decay) * theirs[name])

    patch.setattr(MovingAverage, "update", wrong)


@trap("EMA blending buffers", blend_everything)
def the_average_has_the_buffers_of_the_generator() -> None:
    t = trainer({"ema.decay": 0.9})
    run(t, 3)
    assert t.players.average is not None
    buffers = list(t.players.generator.buffers())
    assert buffers
    for ours, theirs in zip(t.players.average.network.buffers(), buffers, strict=True):
        assert torch.equal(ours, theirs)


def as_it_trains(patch: pytest.MonkeyPatch) -> None:
    def wrong(generator: nn.Module, latents: Tensor, *_: Any, **__: Any) -> Tensor:
        with torch.no_grad():
            samples: Tensor = generator(latents)
        return samples

    patch.setattr(observer_module, "draw_samples", wrong)


@trap("samples drawn in training mode", as_it_trains)
def samples_are_drawn_in_evaluation_mode() -> None:
    t = trainer({"generator.norm": "batch"})
    run(t, 2)
    before = [b.clone() for b in t.players.generator.buffers()]
    shown = t.observer.samples(2).generated
    assert all(map(torch.equal, before, t.players.generator.buffers()))
    with torch.no_grad():
        alone = copy.deepcopy(t.players.generator).eval()(t.observer.fixed_latents[:1])
    torch.testing.assert_close(torch.from_numpy(shown[:1]), alone, rtol=1e-5, atol=1e-6)
    assert t.players.generator.training


def scale_the_loss(patch: pytest.MonkeyPatch) -> None:
    def wrong(real: Tensor, real_target: float) -> Tensor:
        bce = nn.functional.binary_cross_entropy_with_logits
        return real_target * bce(real, torch.ones_like(real))

    patch.setattr(players_module, "smoothed_real_term", wrong)


@trap("label smoothing that scales instead of mixing", scale_the_loss)
def a_smoothed_critic_rests_at_its_target() -> None:
    players = trainer({**CLASSIC, "objective.real_target": 0.9}).players
    rest = torch.tensor([math.log(9)], dtype=torch.float64, requires_grad=True)  # sigmoid(ln 9) = 0.9
    (gradient,) = torch.autograd.grad(players.real_term(rest), rest)
    assert abs(gradient.item()) < 1e-12


def clip_weights_first(patch: pytest.MonkeyPatch) -> None:
    clip = step_module.clip_weights
    patch.setattr(
        step_module, "clip_gradients", lambda network, bound: clip(list(network.parameters()), 0.05)
    )
    patch.setattr(step_module, "clip_weights", lambda weights, bound: None)


@trap("weights clipped before the step", clip_weights_first)
def weights_lie_within_the_bound_after_the_step() -> None:
    players = trainer({**CLIPPED, "critic_optimizer.learning_rate": 1.0}).players
    critic_step(players)
    assert all(p.abs().max() <= torch.tensor(0.05) for p in players.critic.parameters())


def clip_gradients_last(patch: pytest.MonkeyPatch) -> None:
    clip, average = step_module.clip_gradients, MovingAverage.update
    patch.setattr(step_module, "clip_gradients", lambda network, bound: None)

    def wrong(self: MovingAverage, network: nn.Module, decay: float) -> None:
        clip(network, 0.001)  # after the step, where it changes nothing any more
        average(self, network, decay)

    patch.setattr(MovingAverage, "update", wrong)


@trap("gradients clipped after the step", clip_gradients_last)
def a_step_is_as_short_as_its_clipped_gradient() -> None:
    players = trainer(
        {
            "generator_optimizer.kind": "sgd",
            "generator_optimizer.learning_rate": 0.5,
            "generator_optimizer.clip_norm": 0.001,
            "ema.decay": 0.5,
        }
    ).players
    before = torch.cat([p.detach().flatten() for p in players.generator.parameters()])
    generator_step(players)
    after = torch.cat([p.detach().flatten() for p in players.generator.parameters()])
    assert 0 < (after - before).norm() <= 0.5 * 0.001 * 1.01


@pytest.mark.parametrize("trap", TRAPS, ids=lambda t: t.name)
def test_the_studio_avoids(trap: Trap) -> None:
    trap.check()


@pytest.mark.parametrize("trap", TRAPS, ids=lambda t: t.name)
def test_the_check_would_notice(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    trap.fall(monkeypatch)
    with pytest.raises(AssertionError):
        trap.check()
