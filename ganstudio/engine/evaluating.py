"""Judges the generator's samples between two steps; what is trained stays as it is to the last bit."""

from __future__ import annotations

import torch

from ganstudio.data.dataset import Modes
from ganstudio.engine.build import draw_latents
from ganstudio.engine.events import Evaluated
from ganstudio.engine.players import Players
from ganstudio.engine.seeds import stream
from ganstudio.metrics.points import PointFigures
from ganstudio.probes.samples import draw_samples

GENERATED = 4096  # points that are judged
REAL = 10_000  # points that they are judged by


class PointEvaluator:
    """Figures of 2-D samples, always of the same latents and real points, so that curves are not noisy."""

    def __init__(self, players: Players, modes: Modes | None) -> None:
        seed = players.experiment.seed
        self._players = players
        real = players.loader.draw(REAL, stream(seed, "figures, real"))
        self._figures = PointFigures(
            real.cpu().numpy(), modes.centres if modes else None, modes.std if modes else 0.0
        )
        latents = draw_latents(
            players.experiment, GENERATED, stream(seed, "figures, latents"), torch.device("cpu")
        )
        self._latents = latents.to(players.device)
        labels = stream(seed, "figures, labels", players.device)
        self._labels = players.loader.draw_labels(GENERATED, labels)

    def evaluate(self, iteration: int) -> Evaluated:
        """The figures at this moment, of the generator that samples are shown from."""
        drawn = draw_samples(self._players.shown_generator, self._latents, self._labels)
        figures, facts = self._figures.evaluate(drawn.cpu().numpy())
        return Evaluated(
            iteration,
            figures,
            {**facts, "reference": "training data", "seeds": [self._players.experiment.seed]},
        )
