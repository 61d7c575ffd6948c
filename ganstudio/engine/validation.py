"""The critic on held-out data beside training data (Gulrajani et al. 2017, figure 5)."""

from __future__ import annotations

import torch
from torch import Tensor

from ganstudio.data.dataset import Dataset
from ganstudio.data.loader import BatchLoader
from ganstudio.engine.build import draw_latents
from ganstudio.engine.measuring import looked_at
from ganstudio.engine.players import Players
from ganstudio.engine.seeds import derived_seed, stream
from ganstudio.probes.samples import draw_samples

SAMPLES = 256  # of each kind at most


class Validation:
    """Compares the critic on as many samples of training and of held-out data, always the same ones."""

    def __init__(self, players: Players, training: Dataset, held_out: Dataset) -> None:
        seed, count = players.experiment.seed, min(SAMPLES, len(training), len(held_out))
        self._players = players
        order, cpu, labelled = derived_seed(seed, "validation"), torch.device("cpu"), players.loader.labelled
        self._batches = [
            BatchLoader(data, count, order, cpu, labelled=labelled).next_batch().to(players.device)
            for data in (training, held_out)
        ]

    def negative_losses(self, iteration: int) -> tuple[Tensor, Tensor]:
        """Minus the critic's loss without penalty, on training and on held-out data: scalars on the device.

        In evaluation mode, against the same generated samples.
        """
        players, count = self._players, len(self._batches[0].samples)
        random = stream(players.experiment.seed, f"validation {iteration}")
        latents = draw_latents(players.experiment, count, random, torch.device("cpu")).to(players.device)
        labels = self._batches[0].labels
        with looked_at(players.generator, players.critic), torch.no_grad():
            fake = players.fake_term(players.score(draw_samples(players.generator, latents, labels), labels))
            training, held_out = (
                -(fake + players.real_term(players.score(batch.samples, batch.labels)))
                for batch in self._batches
            )
        return training, held_out
