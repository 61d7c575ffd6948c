"""Puts both networks and everything that their steps work with together."""

from __future__ import annotations

import torch

from ganstudio.data.dataset import Dataset
from ganstudio.data.loader import BatchLoader
from ganstudio.engine.build import build_critic, build_generator, build_optimizer
from ganstudio.engine.crew import Crew
from ganstudio.engine.players import Players
from ganstudio.engine.seeds import derived_seed, stream
from ganstudio.experiment.model import Experiment


def build_players(
    experiment: Experiment, dataset: Dataset, classes: int, device: torch.device, crew: Crew
) -> Players:
    """Networks, optimisers, data and random streams at iteration 0; ``classes`` is 0 without conditioning.

    Raises UserError where the processes of the crew cannot share a batch evenly.
    """
    generator = build_generator(experiment, dataset.sample_shape, classes).to(device)
    critic = build_critic(experiment, dataset.sample_shape, classes).to(device)
    order = derived_seed(experiment.seed, "batches")
    players = Players(
        experiment=experiment,
        generator=generator,
        critic=critic,
        generator_optimizer=build_optimizer(experiment.generator_optimizer, generator),
        critic_optimizer=build_optimizer(experiment.critic_optimizer, critic),
        loader=BatchLoader(dataset, experiment.schedule.batch_size, order, device, labelled=bool(classes)),
        latents=stream(experiment.seed, "latents", device),
        eps=stream(experiment.seed, "eps", device),
        noise=stream(experiment.seed, "instance noise", device),
        labels=stream(experiment.seed, "labels", device),
        device=device,
        crew=crew,
    )
    first = crew.rank * players.share
    players.loader.share = slice(first, first + players.share)
    return players
