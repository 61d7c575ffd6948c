"""The two steps: order, freshness of latents, detachment, and what each network's weights feel."""

import copy
from typing import Any

import numpy as np
import pytest
import torch
from engine.helpers import CLASSIC, CLIPPED, DCGAN, trainer
from torch import Tensor, nn

from ganstudio.engine.step import Players, critic_step, generator_step
from ganstudio.regularizers.interpolates import draw_eps, gradient_norms, interpolate


def weights(network: nn.Module) -> list[Tensor]:
    return [p.detach().clone() for p in network.parameters()]


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    "values", [{}, CLASSIC, CLIPPED, DCGAN, {**DCGAN, **CLASSIC, "critic.norm": "batch"}]
)
def test_each_step_moves_its_own_network_alone(values: dict[str, Any]) -> None:
    players = trainer(values).players
    g, d = weights(players.generator), weights(players.critic)
    critic_step(players)
    assert same(g, weights(players.generator))
    assert not same(d, weights(players.critic))
    assert all(p.grad is None for p in players.generator.parameters())  # the fakes were detached

    d = weights(players.critic)
    gradients = [None if p.grad is None else p.grad.clone() for p in players.critic.parameters()]
    generator_step(players)
    assert same(d, weights(players.critic))
    assert not same(g, weights(players.generator))
    for p, before in zip(players.critic.parameters(), gradients, strict=True):  # nothing reached the critic
        assert p.grad is None if before is None else torch.equal(p.grad, before)


def in_float64(values: dict[str, Any]) -> Players:
    players = trainer({"generator.norm": "none", **values}).players
    players.generator.double()
    players.critic.double()
    players.loader._data = players.loader._data.double()

    def draw() -> Tensor:
        return torch.randn(16, 2, generator=players.latents, dtype=torch.float64)

    players.draw_latents = draw  # type: ignore[method-assign]
    return players


def copied(stream: torch.Generator) -> torch.Generator:
    copy_ = torch.Generator()
    copy_.set_state(stream.get_state())
    return copy_


def test_a_wgan_gp_critic_step_is_algorithm_1() -> None:
    """Penalty and loss in one backward, one eps a sample, Adam after: done again by hand in float64."""
    players = in_float64({"lipschitz.weight": 3.0, "lipschitz.target": 0.8})
    critic, position = copy.deepcopy(players.critic), players.loader.state()
    latents, eps = copied(players.latents), copied(players.eps)
    taken = critic_step(players)

    players.loader.restore(position)
    real = players.loader.next_batch().samples
    fake = players.generator(torch.randn(16, 2, generator=latents, dtype=torch.float64)).detach()
    estimate = critic(real).mean() - critic(fake).mean()
    norms = gradient_norms(critic, interpolate(real, fake, draw_eps(real, eps)), create_graph=True)
    penalty = 3.0 * ((norms - 0.8) ** 2).mean()
    (penalty - estimate).backward()
    settings = players.experiment.critic_optimizer
    torch.optim.Adam(
        critic.parameters(), lr=settings.learning_rate, betas=(settings.beta1, settings.beta2)
    ).step()

    assert taken.penalty is not None
    assert taken.norms is not None
    assert taken.penalty.item() == pytest.approx(penalty.item(), rel=1e-12)
    assert taken.wasserstein_estimate.item() == pytest.approx(estimate.item(), rel=1e-12)
    assert taken.loss.item() == pytest.approx((penalty - estimate).item(), rel=1e-12)
    torch.testing.assert_close(taken.norms, norms.detach(), rtol=1e-12, atol=0)
    for ours, theirs in zip(players.critic.parameters(), critic.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)


def test_one_sided_and_two_sided_penalties_differ_in_the_step() -> None:
    # Freshly made critics are flat: all norms lie below the target, so the one-sided price is nothing.
    one = critic_step(in_float64({"lipschitz.side": "one-sided"}))
    two = critic_step(in_float64({"lipschitz.side": "two-sided"}))
    assert one.norms is not None
    assert one.norms.max() < 1
    assert one.penalty is not None
    assert one.penalty.item() == 0
    assert two.penalty is not None
    assert two.penalty.item() == pytest.approx(10 * (one.norms - 1).square().mean().item(), rel=1e-12)


def test_clipping_comes_after_the_optimiser_step() -> None:
    players = trainer({**CLIPPED, "critic_optimizer.learning_rate": 1.0}).players
    for _ in range(3):
        critic_step(players)
        # A step of size 1 throws weights far outside; clipped after it, not one is out and many lie on the
        # bound.
        largest = max(p.abs().max().item() for p in players.critic.parameters())
        assert largest == np.float32(0.05)


def test_latents_are_drawn_afresh_for_every_step() -> None:
    players = trainer().players
    drawn: list[Tensor] = []
    draw = players.draw_latents

    def record() -> Tensor:
        drawn.append(draw())
        return drawn[-1]

    players.draw_latents = record  # type: ignore[method-assign]
    critic_step(players)
    critic_step(players)
    generator_step(players)
    assert len(drawn) == 3
    assert not torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[1], drawn[2])
    assert all(z.shape == (16, 2) for z in drawn)


def test_batch_normalised_critic_sees_real_and_generated_apart() -> None:
    seen: list[int] = []
    for norm, expected in (("batch", [16, 16]), ("layer", [32])):
        players = trainer({**CLASSIC, "critic.norm": norm}).players
        seen.clear()
        players.critic.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
        critic_step(players)
        assert seen == expected


@pytest.mark.parametrize("name", ["normal", "uniform"])
def test_latents_follow_their_distribution(name: str) -> None:
    players = trainer(
        {"latent.distribution": name, "latent.dimension": 512, "schedule.batch_size": 256}
    ).players
    z = players.draw_latents()
    assert z.std().item() == pytest.approx({"normal": 1.0, "uniform": 3**-0.5}[name], rel=0.02)
    assert z.mean().item() == pytest.approx(0, abs=0.01)
    if name == "uniform":
        assert z.abs().max() <= 1
