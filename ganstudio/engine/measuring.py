"""Lets the probes look at training between two steps; what is trained stays as it is to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ganstudio.data.dataset import Modes
from ganstudio.engine.build import draw_latents
from ganstudio.engine.events import Measured
from ganstudio.engine.players import Players
from ganstudio.engine.seeds import stream
from ganstudio.engine.step import CriticStep
from ganstudio.experiment.model import Experiment
from ganstudio.metrics.divergence import frame
from ganstudio.objectives.feature_matching import feature_distance
from ganstudio.probes import PROBES
from ganstudio.probes.scene import Scene
from ganstudio.registry import Choice

BOUNDING = 2000  # real points that say where the data lie


def measure(players: Players, step: CriticStep, iteration: int, modes: Modes | None) -> Iterator[Measured]:
    """Everything that the probes of this experiment see at this moment."""
    for choice in PROBES.values():
        if _applies(choice, players.experiment, has_points=step.real.dim() == 2):
            with looked_at(players.generator, players.critic):
                arrays = choice.load()(_scene(players, step, modes, f"{choice.name} {iteration}"))
            if arrays:
                yield Measured(iteration, choice.name, arrays)


def _applies(choice: Choice, experiment: Experiment, *, has_points: bool) -> bool:
    clips = experiment.lipschitz.kind == "weight-clipping"
    unmet = {"images" if has_points else "points"} | (set() if clips else {"clipping"})
    return not choice.traits & unmet


def _scene(players: Players, step: CriticStep, modes: Modes | None, name: str) -> Scene:
    experiment, cpu = players.experiment, torch.device("cpu")

    def drawn(what: str) -> torch.Generator:
        # A stream for each: what is seen does not depend on what was looked at before.
        return stream(experiment.seed, f"{name} {what}")

    return Scene(
        generator=players.generator,
        critic=players.critic,
        objective=players.objective,
        real=step.real,
        fake=step.fake,
        labels=step.labels,
        draw_latents=lambda count: draw_latents(experiment, count, drawn("latents"), cpu).to(players.device),
        draw_real=lambda count: players.loader.draw(count, drawn("real")),
        modes=modes,
        clip=experiment.lipschitz.clip if experiment.lipschitz.kind == "weight-clipping" else None,
        generator_loss=lambda fake, labels: _generator_loss(players, step, fake, labels),
        uniform_latents=experiment.latent.distribution == "uniform",
        bounds=_bounds(players) if step.real.dim() == 2 else None,
        random=stream(experiment.seed, name, players.device),
    )


def _generator_loss(players: Players, step: CriticStep, fake: Tensor, labels: Tensor | None) -> Tensor:
    """What the generator minimises by its samples; penalties on its weights are no part of it."""
    if players.experiment.techniques.feature_matching:
        return feature_distance(real=players.features(step.real), fake=players.features(fake))
    return players.objective.generator_loss(fake=players.score(fake, labels))


def _bounds(players: Players) -> tuple[float, float, float, float]:
    """Around the data; the same points every time, so that measurements can be compared."""
    points = players.loader.draw(BOUNDING, stream(players.experiment.seed, "bounds"))
    return frame(points.cpu().numpy())


@contextmanager
def looked_at(*networks: nn.Module) -> Iterator[None]:
    """Networks in evaluation mode whose weights take no gradient, and afterwards as before."""
    modes = [(module, module.training) for network in networks for module in network.modules()]
    takers = [(p, p.requires_grad) for network in networks for p in network.parameters()]
    try:
        for network in networks:
            network.eval()
            network.requires_grad_(requires_grad=False)
        with torch.enable_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        for parameter, takes in takers:
            parameter.requires_grad_(takes)
