"""What can be seen of training.

Scalars, gradient norms and samples, as events. Looking never changes what is trained.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.data.dataset import Modes
from ganstudio.data.loader import BatchLoader
from ganstudio.engine.build import draw_latents
from ganstudio.engine.evaluating import PointEvaluator
from ganstudio.engine.events import EvaluationDue, Event, GradientNorms, Samples
from ganstudio.engine.good_states import NonFiniteError
from ganstudio.engine.measuring import measure
from ganstudio.engine.players import Players
from ganstudio.engine.scalars import ScalarBlock, first_non_finite, until
from ganstudio.engine.seeds import stream
from ganstudio.engine.state import network_arrays
from ganstudio.engine.step import CriticStep, GeneratorStep
from ganstudio.engine.validation import Validation
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import norms_place, target_norm, why_no_total
from ganstudio.objectives import OBJECTIVES
from ganstudio.probes.gradient_norms import probe_gradient_norms
from ganstudio.probes.samples import draw_samples

BLOCK_SECONDS = 0.1  # how long scalars stay on the device before they are brought over
BLOCK_ROWS = 1000
POINTS_SHOWN = 256  # of the batch whose gradient norms are seen


class Observer:
    """Turns the tensors that steps leave behind into events, without waiting for the device at every step."""

    def __init__(
        self,
        players: Players,
        fixed_latents: Tensor,
        fixed_labels: Tensor | None = None,
        modes: Modes | None = None,
        validation: Validation | None = None,
    ) -> None:
        self.fixed_latents = fixed_latents
        self.fixed_labels = fixed_labels  # one class a row of the grid; None without classes
        self.last_critic: CriticStep | None = None
        self.scalars = ScalarBlock()
        self._players = players
        self._modes = modes  # the true modes of 2-D data
        self._validation = validation
        self._evaluator: PointEvaluator | None = None  # made when it is first due
        self._evaluated_at = -1
        self._flushed_at = time.perf_counter()
        self._has_total = not why_no_total(players.experiment)
        self._has_distance = "wasserstein" in OBJECTIVES[players.experiment.objective.kind].traits

    def iteration_done(self, iteration: int, seconds: float, generator: GeneratorStep) -> Iterator[Event]:
        """Note the scalars of a completed iteration and yield what is due to be seen."""
        probes = self._players.experiment.probes
        step = self.last_critic
        assert step is not None, "an iteration holds at least one critic step"  # noqa: S101
        row = {
            "critic_loss": step.loss,
            "generator_loss": generator.loss,
            "wasserstein_estimate": step.wasserstein_estimate if self._has_distance else None,
            "gradient_penalty": step.penalty,
            "total_loss": step.loss + generator.loss if self._has_total else None,
            "generator_gradient_norm": generator.gradient_norm,
            "critic_real_mean": step.real_mean,
            "critic_fake_mean": step.fake_mean,
            "critic_real_term": step.real_term,
            "critic_fake_term": step.fake_term,
            "critic_history": step.history,
            "critic_likeness": step.likeness,
            "generator_objective": generator.objective,
            "generator_history": generator.history,
            "generator_likeness": generator.likeness,
        }
        due = iteration % probes.gradient_norms_every == 0
        if due or step.norms is not None:
            norms, points = self._norms(step, iteration)
            row["gradient_norm_mean"] = norms.mean()
        if self._looks_at(iteration):
            self._players.take_back()
        if self._validation is not None and iteration % probes.measure_every == 0:
            training, held_out = self._validation.negative_losses(iteration)
            row |= {"negative_critic_loss_training": training, "negative_critic_loss_held_out": held_out}
        self.scalars.add(iteration, seconds, row)

        if due:
            yield self._norms_event(norms, points, iteration)
        if len(self.scalars) >= BLOCK_ROWS or time.perf_counter() - self._flushed_at > BLOCK_SECONDS:
            yield from self.flush()
        if iteration % probes.measure_every == 0:
            yield from measure(self._players, step, iteration, self._modes)
        if probes.evaluate_every and iteration % probes.evaluate_every == 0:
            yield from self._evaluate(step, iteration)
        if iteration % probes.samples_every == 0:
            yield self.samples(iteration)

    def _looks_at(self, iteration: int) -> bool:
        """Whether anything reads the networks after this iteration."""
        probes = self._players.experiment.probes
        intervals = probes.measure_every, probes.evaluate_every, probes.samples_every
        return any(every and iteration % every == 0 for every in intervals)

    def look(self, iteration: int) -> Iterator[Event]:
        """Everything there is to see at this moment, for a pause or the end."""
        yield from self.flush()
        if self.last_critic is not None:
            yield self._norms_event(*self._norms(self.last_critic, iteration), iteration)
            yield from measure(self._players, self.last_critic, iteration, self._modes)
            if self.last_critic.real.dim() == 2 and self._players.experiment.probes.evaluate_every:
                yield from self._evaluate(self.last_critic, iteration)
        yield self.samples(iteration)

    def evaluate_last(self, iteration: int) -> Iterator[Event]:
        """Say that the images of the state that training ends with are due, where there were any before."""
        every, step = self._players.experiment.probes.evaluate_every, self.last_critic
        if every and iteration >= every and step is not None and step.real.dim() > 2:
            yield EvaluationDue(iteration, network_arrays(self._players.shown_generator), is_last=True)

    def flush(self) -> Iterator[Event]:
        """Bring the scalars over.

        Raises NonFiniteError, after yielding the good ones, where a loss is infinite or NaN.
        """
        self._flushed_at = time.perf_counter()
        metrics = self.scalars.take()
        if metrics is None:
            return
        bad = first_non_finite(metrics)
        if bad is None:
            yield metrics
            return
        if (good := until(metrics, bad)) is not None:
            yield good
        raise NonFiniteError(f"At iteration {bad} a loss")

    def samples(self, iteration: int) -> Samples:
        """Samples of the generator from the fixed latents and labels."""
        drawn = draw_samples(self._players.shown_generator, self.fixed_latents, self.fixed_labels)
        return Samples(iteration, drawn.cpu().numpy())

    def _evaluate(self, step: CriticStep, iteration: int) -> Iterator[Event]:
        """Figures of quality of 2-D samples; those of images take too long to be taken between two steps."""
        if step.real.dim() > 2:
            yield EvaluationDue(iteration, network_arrays(self._players.shown_generator))
        elif iteration != self._evaluated_at:
            self._evaluated_at = iteration
            self._evaluator = self._evaluator or PointEvaluator(self._players, self._modes)
            yield self._evaluator.evaluate(iteration)

    def _norms(self, step: CriticStep, iteration: int) -> tuple[Tensor, Tensor | None]:
        """Gradient norms of the penalty's own batch, or else of a probe at the same kind of points.

        And the points themselves.
        """
        if step.norms is not None:
            return step.norms, step.points
        # A stream for each iteration: what is seen does not depend on what was looked at before.
        eps = stream(self._players.experiment.seed, f"probe {iteration}", self._players.device)
        place = norms_place(self._players.experiment)
        return probe_gradient_norms(self._players.critic, step.real, step.fake, eps, place, step.labels)

    def _norms_event(self, norms: Tensor, points: Tensor | None, iteration: int) -> GradientNorms:
        experiment = self._players.experiment
        return GradientNorms(
            iteration,
            norms.float().cpu().numpy(),
            target_norm(experiment),
            norms_place(experiment),
            None if points is None else points[:POINTS_SHOWN].detach().float().cpu().numpy(),
        )


def shown_count(experiment: Experiment, sample_shape: tuple[int, ...]) -> int:
    """How many samples are shown: the grid's for images, the plot's for points."""
    return experiment.probes.sample_count if len(sample_shape) == 3 else experiment.probes.point_count


def draw_fixed_latents(experiment: Experiment, sample_shape: tuple[int, ...], device: torch.device) -> Tensor:
    """The latents of the samples that are shown, the same from the first iteration to the last."""
    count = shown_count(experiment, sample_shape)
    cpu = torch.device("cpu")
    return draw_latents(experiment, count, stream(experiment.seed, "fixed latents"), cpu).to(device)


def draw_real(
    experiment: Experiment, loader: BatchLoader, sample_shape: tuple[int, ...], labels: Tensor | None
) -> NDArray[np.float32]:
    """Real samples to show beside the generated ones, of the same classes: NCHW in [-1, 1] or (N, 2)."""
    random = stream(experiment.seed, "real samples")
    if labels is None:
        return loader.draw(shown_count(experiment, sample_shape), random).cpu().numpy()
    return loader.draw_of(labels.cpu(), random).cpu().numpy()
