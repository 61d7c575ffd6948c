"""One critic step and one generator step: the algorithm itself, as the papers write it.

Gulrajani et al. 2017, algorithm 1, with the objective and the Lipschitz control left open: without control
and with the cross-entropy objective it is Goodfellow et al. 2014, algorithm 1; with clipping Arjovsky et al.
2017, algorithm 1. Techniques are called by name; one that is off leaves no trace.

Both are generators that yield each stage as they reach it, with what is there to see; slow motion waits
there, training at full speed passes through.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

from ganstudio.engine.judging import appraise, judge, learns_by_samples
from ganstudio.engine.players import Players
from ganstudio.engine.pricing import add_gradients, begin_early, begin_pricing
from ganstudio.objectives.feature_matching import feature_distance
from ganstudio.regularizers.gradient_clipping import clip_gradients, gradient_norm
from ganstudio.regularizers.weight_clipping import clip_weights

Outcome = TypeVar("Outcome")


class Reached(NamedTuple):
    """A stage of a step (a name of events.STAGES) and what it made."""

    stage: str
    values: dict[str, Tensor]


@dataclass(frozen=True)
class CriticStep:
    """What a critic step leaves to look at, on the device and without graph.

    Scalars, but for samples (N, ...), ``norms`` (N,) and the ``points`` (N, ...) where these were taken.
    Terms of the loss that the experiment does not have are None.
    """

    loss: Tensor
    wasserstein_estimate: Tensor
    real: Tensor
    fake: Tensor
    penalty: Tensor | None = None
    norms: Tensor | None = None
    labels: Tensor | None = None  # of both batches, where there are classes
    points: Tensor | None = None
    real_mean: Tensor | None = None  # E[D(x)]; None of a step that an earlier release saved, as all below
    fake_mean: Tensor | None = None  # E[D(G(z))]
    real_term: Tensor | None = None
    fake_term: Tensor | None = None
    history: Tensor | None = None
    likeness: Tensor | None = None


@dataclass(frozen=True)
class GeneratorStep:
    """What a generator step leaves to look at: scalars on the device without graph."""

    loss: Tensor
    gradient_norm: Tensor  # of the loss, before gradient clipping
    objective: Tensor  # the loss without the terms below
    history: Tensor | None = None
    likeness: Tensor | None = None


def critic_step(players: Players) -> CriticStep:
    """One update of the critic's weights."""
    return through(critic_stages(players))


def generator_step(players: Players) -> GeneratorStep:
    """One update of the generator's weights."""
    return through(generator_stages(players))


def through(stages: Generator[Reached, None, Outcome]) -> Outcome:
    """Pass through all stages without looking."""
    while True:
        try:
            next(stages)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome


def critic_stages(players: Players) -> Generator[Reached, None, CriticStep]:
    """One update of the critic's weights, stage by stage."""
    experiment, lipschitz = players.experiment, players.experiment.lipschitz
    players.open_critic(learns=True)
    players.begin("critic")  # all that follows is work of the device alone
    players.critic_optimizer.zero_grad(set_to_none=True)

    real, labels = players.next_batch()
    yield _reached("draw_data", real=real)
    penalised = begin_early(players, real, labels)
    latents = players.draw_latents()
    yield _reached("draw_latents", latents=latents)
    with torch.no_grad():  # no gradient of the critic's loss reaches the generator
        fake = players.generate(latents, labels)  # of the same classes as the real samples
    real, fake = players.seen(real), players.seen(fake)
    yield _reached("generate", fake=fake)

    if penalised is None:
        penalised = begin_pricing(players, real, lambda: fake, labels)
    verdict = judge(players, real, fake, labels)
    judged = verdict.judged  # D(x), D(G(z)) and the loss made of them
    yield _reached("score_real", scores=judged.real_scores, mean=judged.real_mean)
    yield _reached("score_fake", scores=judged.fake_scores, mean=judged.fake_mean)
    loss = judged.loss
    yield _reached("objective", real_term=judged.real_term, fake_term=judged.fake_term, loss=loss)

    history = likeness = None
    if players.critic_history is not None:
        history = experiment.techniques.historical_weight * players.critic_history.distance()
        loss = loss + history
    if experiment.critic.orthogonal_weight:
        likeness = experiment.critic.orthogonal_weight * players.critic_filters.likeness()
        loss = loss + likeness
    if verdict.gradients is None:
        loss.backward()  # type: ignore[no-untyped-call]
    else:
        verdict.give(players.critic_weights)
    loss = _bare(loss)
    priced = None if penalised is None else penalised()
    if priced is not None:
        loss = loss + priced.added
        add_gradients(players.critic_weights, priced.gradients)
        seen = {"points": priced.points, "norms": priced.norms, "penalty": priced.penalty}
        yield _reached("penalty", **seen, loss=loss)
    players.crew.average(players.critic)
    clip_gradients(players.critic, experiment.critic_optimizer.clip_norm)
    yield _reached("backward", loss=loss)
    players.critic_optimizer.step()
    yield _reached("update")
    if lipschitz.kind == "weight-clipping":
        clip_weights(players.clippable, lipschitz.clip)  # after the step, so that no weight ends outside
        yield _reached("clip")
    if players.critic_history is not None:
        players.critic_history.take_in()

    return CriticStep(
        loss=loss,
        wasserstein_estimate=judged.apart,
        real=real,
        fake=fake,
        penalty=None if priced is None else priced.penalty,
        norms=None if priced is None else priced.norms,
        labels=labels,
        points=None if priced is None else priced.points,
        real_mean=judged.real_mean,
        fake_mean=judged.fake_mean,
        real_term=_bare(judged.real_term),
        fake_term=_bare(judged.fake_term),
        history=_value(history),
        likeness=_value(likeness),
    )


def generator_stages(players: Players) -> Generator[Reached, None, GeneratorStep]:
    """One update of the generator's weights, stage by stage."""
    experiment = players.experiment
    # The gradient passes through the critic and leaves its weights alone.
    players.open_critic(learns=False)
    players.begin("generator")
    players.generator_optimizer.zero_grad(set_to_none=True)

    latents, labels = players.draw_latents(), players.draw_labels()  # fresh, as in the algorithm
    players.begin_stock()
    yield _reached("draw_latents", latents=latents)
    fake = players.seen(players.generate(latents, labels, may_be_bare=learns_by_samples(players)))
    yield _reached("generate", fake=fake)
    if experiment.techniques.feature_matching:
        real = players.seen(players.next_batch().samples)
        yield _reached("draw_data", real=real)
        objective = feature_distance(real=players.features(real), fake=players.features(fake))
        by_samples = None
    else:
        scores, mean, objective, by_samples = appraise(players, fake, labels)
        yield _reached("score_fake", scores=scores, mean=mean)
    yield _reached("objective", loss=objective)

    loss, history, likeness = objective, None, None
    if players.generator_history is not None:
        history = experiment.techniques.historical_weight * players.generator_history.distance()
        loss = loss + history
    if experiment.generator.orthogonal_weight:
        likeness = experiment.generator.orthogonal_weight * players.generator_filters.likeness()
        loss = loss + likeness
    if by_samples is None:
        loss.backward()  # type: ignore[no-untyped-call]
    else:
        players.pass_back(fake, by_samples)
    players.crew.average(players.generator)
    norm = gradient_norm(players.generator)
    clip_gradients(players.generator, experiment.generator_optimizer.clip_norm)
    yield _reached("backward", loss=loss, gradient_norm=norm)
    players.generator_optimizer.step()
    if players.generator_history is not None:
        players.generator_history.take_in()
    if players.average is not None:
        players.average.update(players.generator, experiment.ema.decay)
    yield _reached("update")
    players.begin_next()
    return GeneratorStep(_bare(loss), norm, _bare(objective), _value(history), _value(likeness))


def _reached(stage: str, **values: Tensor) -> Reached:
    return Reached(stage, values)


def _bare(term: Tensor) -> Tensor:
    """The term without graph; where it has none, that costs nothing."""
    return term.detach() if term.requires_grad else term


def _value(term: Tensor | None) -> Tensor | None:
    return None if term is None else _bare(term)
