"""A critic step whose scores and penalty are single calls takes the steps of the plain one."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from ganstudio.engine import judging
from ganstudio.engine.judging import Verdict, appraise
from ganstudio.engine.players import Players
from ganstudio.engine.step import critic_step
from ganstudio.engine.trainer import Trainer
from ganstudio.objectives.protocol import derivative_of, generator_derivative_of
from ganstudio.objectives.wasserstein import Wasserstein
from tests.engine.helpers import CLASSIC, CLIPPED, CONDITIONAL, assert_same_state, run, state, tiny, trainer

IN_ONE_CALL: list[dict[str, Any]] = [
    {},
    CLIPPED,
    {"critic.activation": "relu", "critic.depth": 1},
    {"lipschitz.place": "dragan", "lipschitz.every": 2},
    {"lipschitz.place": "fake", "critic_optimizer.clip_norm": 0.5},
    {"lipschitz.kind": "r1", "critic_optimizer.kind": "rmsprop"},
    {"techniques.instance_noise": True, "techniques.noise_over": 7},
    {"data.source": "digits", "data.limit": 64, "probes.sample_count": 4},
]
AS_EVER: list[dict[str, Any]] = [
    CLASSIC,
    CONDITIONAL,
    {"objective.kind": "hinge"},
    {"critic.activation": "tanh"},
    {"critic.orthogonal_weight": 0.01},
    {"techniques.historical_averaging": True},
    {"precision.kind": "bfloat16"},
    {**CLASSIC, "critic.minibatch_deviation": True},
]


def judged_in(players: Players, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """The verdict of one critic step."""
    seen: list[Verdict] = []
    original = judging.judge

    def noted(*arguments: Any) -> Verdict:
        seen.append(original(*arguments))
        return seen[-1]

    monkeypatch.setattr("ganstudio.engine.step.judge", noted)
    critic_step(players)
    return seen[-1]


@pytest.mark.parametrize("values", IN_ONE_CALL)
@pytest.mark.parametrize("threads", [1, 2])
def test_training_is_the_same_to_the_last_bit(
    values: dict[str, Any], threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained() -> Trainer:
        before = torch.get_num_threads()
        t = Trainer(tiny(**values), device="cpu", threads=threads)
        run(t, 5)
        assert (judged_in(t.players, monkeypatch).gradients is not None) == judging.enabled
        torch.set_num_threads(before)
        return t

    ours = trained()
    monkeypatch.setattr(judging, "enabled", False)
    assert_same_state(state(ours), state(trained()))


@pytest.mark.parametrize("values", AS_EVER)
def test_where_more_is_in_the_loss_or_the_critic_it_has_a_graph(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = judged_in(trainer(values).players, monkeypatch)
    assert verdict.gradients is None
    assert verdict.judged.loss.requires_grad


def test_the_derivative_that_is_written_out_is_the_librarys() -> None:
    real, fake = torch.randn(5).requires_grad_(), torch.randn(3).requires_grad_()
    derived = derivative_of(Wasserstein)
    assert derived is not None
    real_term, fake_term, *ours = derived(real.detach(), fake.detach())
    expected = Wasserstein.real_term(real), Wasserstein.fake_term(fake)
    assert torch.equal(real_term, expected[0])
    assert torch.equal(fake_term, expected[1])
    for one, other in zip(ours, torch.autograd.grad(sum(expected), (real, fake)), strict=True):  # type: ignore[arg-type]
        assert torch.equal(one, other)


def test_the_derivative_of_the_generators_loss_is_the_librarys() -> None:
    fake = torch.randn(5).requires_grad_()
    derived = generator_derivative_of(Wasserstein)
    assert derived is not None
    loss, by_fake = derived(fake.detach())
    expected = Wasserstein.generator_loss(fake=fake)
    assert torch.equal(loss, expected)
    assert torch.equal(by_fake, torch.autograd.grad(expected, fake)[0])


@pytest.mark.parametrize(
    ("values", "is_known"),
    [
        ({}, True),
        ({"critic.orthogonal_weight": 0.01}, True),
        ({"generator.orthogonal_weight": 0.01}, False),
        ({"techniques.historical_averaging": True}, False),
        ({"objective.kind": "hinge"}, False),
        ({"critic.activation": "tanh"}, False),
        (CONDITIONAL, False),
    ],
)
def test_what_a_generator_learns_is_known_of_scores_alone(values: dict[str, Any], is_known: bool) -> None:
    players = trainer(values).players
    latents, labels = players.draw_latents(), players.draw_labels()
    fake = players.generate(latents, labels)
    appraised = appraise(players, fake, labels)
    assert (appraised.by_samples is not None) == is_known
    assert appraised.loss.requires_grad != is_known
    scores = players.score(fake, labels)
    assert torch.equal(appraised.scores, scores)
    loss = players.objective.generator_loss(fake=scores)
    assert torch.equal(appraised.loss, loss)
    if appraised.by_samples is not None:
        assert torch.equal(appraised.by_samples, torch.autograd.grad(loss, fake)[0])


def test_an_objective_that_changes_a_term_has_no_derivative_by_inheritance() -> None:
    class Doubled(Wasserstein):
        @staticmethod
        def real_term(real: Tensor) -> Tensor:
            return -2 * real.mean()

        @staticmethod
        def generator_loss(*, fake: Tensor) -> Tensor:
            return -2 * fake.mean()

    assert derivative_of(Doubled) is None
    assert generator_derivative_of(Doubled) is None
