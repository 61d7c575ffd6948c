"""Looking around among the latents of a saved state, beside training and without touching it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.data.dataset import Dataset, Progress, silent
from ganstudio.data.pixels import from_pixels
from ganstudio.engine.build import build_critic
from ganstudio.engine.classes import row_labels
from ganstudio.engine.events import Snapshot
from ganstudio.engine.sampling import saved_generator
from ganstudio.engine.state import load_network
from ganstudio.errors import UserError
from ganstudio.metrics.nearest import nearest
from ganstudio.probes.samples import CHUNK, draw_samples

Floats = NDArray[np.float32]

PART = 2000  # of the training data that are compared at a time
LAYERS = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


@dataclass(frozen=True)
class View:
    """Samples (N, ...) of some latents, and what the critic of the same state says of each, (N,)."""

    samples: Floats
    scores: Floats


@dataclass(frozen=True)
class Neighbour:
    """The training sample that is nearest to a generated one, and its Euclidean distance."""

    sample: Floats
    distance: float


def latent_path(start: Floats, end: Floats, shares: Sequence[float] | Floats, *, spherical: bool) -> Floats:
    """Latents (S, d) on the way from ``start`` to ``end`` (d,) at ``shares`` (S,) of it, from 0 to 1.

    Linear, or spherical (White 2016, "Sampling generative networks", section 2.1), which keeps to the shell
    on which normal latents of many dimensions lie; latents of (nearly) one direction are joined linearly.
    """
    t = np.asarray(shares, np.float64)[:, None]
    a, b = start.astype(np.float64), end.astype(np.float64)
    if spherical:
        lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
        angle = np.arccos(np.clip(float(a @ b) / lengths, -1.0, 1.0)) if lengths else 0.0
        if np.sin(angle) > 1e-6:
            path = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
            return np.asarray(path, np.float32)
    return np.asarray((1 - t) * a + t * b, np.float32)


class Explorer:
    """Generator (the moving average where there is one) and critic of a snapshot, on the CPU.

    Raises UserError where the weights do not fit the experiment.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        weights = snapshot.tensors.get("generator_ema", snapshot.tensors["generator"])
        generator, self.experiment = saved_generator(snapshot.numbers, weights)
        self.class_names: list[str] = list(snapshot.numbers.get("class_names", []))
        shape = tuple(snapshot.numbers["sample_shape"])
        critic = build_critic(self.experiment, shape, len(self.class_names))
        try:
            load_network(critic, snapshot.tensors["critic"])
        except (RuntimeError, KeyError) as error:
            why = " ".join(str(error).split())
            raise UserError(f"The saved critic does not fit its experiment: {why}.") from error
        self._generator, self._critic = generator.eval(), critic.eval()
        self.iteration = snapshot.iteration
        self.fixed: Floats = np.asarray(snapshot.tensors["random"]["fixed_latents"], np.float32)
        labels = row_labels(len(self.fixed), len(self.class_names))
        self.fixed_labels = None if labels is None else labels.numpy()

    def show(self, latents: Floats, label: int | None = None) -> View:
        """Samples and scores of latents (N, d), all of one class where there are classes."""
        z = torch.from_numpy(np.ascontiguousarray(latents))
        labels = None if label is None else torch.full((len(z),), label)
        samples = draw_samples(self._generator, z, labels)
        return View(samples.numpy(), self.score(samples.numpy(), label))

    def score(self, samples: Floats, label: int | None = None) -> Floats:
        """What the critic says of samples (N, ...), (N,)."""
        scores = []
        with torch.no_grad():
            for part in torch.split(torch.from_numpy(np.ascontiguousarray(samples)), CHUNK):
                labels = None if label is None else torch.full((len(part),), label)
                scores.append(self._critic(part, labels))
        return np.asarray(torch.cat(scores).numpy(), np.float32)

    def directions(self, count: int) -> Floats:
        """The latents' ``count`` principal directions (K, d), unit vectors, strongest first.

        They are those along which the first layer's output changes most: the eigenvectors of A^T A of its
        weights A, in closed form (Shen & Zhou 2021, "Closed-form factorization of latent semantics", eq. 4),
        which is what a PCA of that output finds for normal latents (Härkönen et al. 2020, "GANSpace",
        section 2.1).
        """
        dimension = self.fixed.shape[1]
        z = torch.cat([torch.zeros(1, dimension), torch.eye(dimension)])
        labels = torch.zeros(len(z), dtype=torch.long) if self.class_names else None
        outputs = self._first_layer(z, labels).flatten(1).double()
        responses = outputs[1:] - outputs[:1]  # row i: what the layer makes of the i-th unit vector
        _, vectors = torch.linalg.eigh(responses @ responses.T)
        return np.asarray(vectors.T.flip(0)[:count].float().numpy(), np.float32)

    def _first_layer(self, z: Tensor, labels: Tensor | None) -> Tensor:
        """The output (N, ...) of the first layer with weights that latents (N, d) pass."""
        seen: list[Tensor] = []

        def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
            seen.append(output)

        hooks = [m.register_forward_hook(keep) for m in self._generator.modules() if isinstance(m, LAYERS)]
        try:
            with torch.no_grad():
                self._generator(z, labels)
        finally:
            for hook in hooks:
                hook.remove()
        return seen[0][-len(z) :]  # a reference batch comes in front


def find_nearest(sample: Floats, dataset: Dataset, progress: Progress = silent) -> Neighbour:
    """The sample of the data nearest to ``sample`` (...), in numbers from -1 to 1 for images."""
    return find_all_nearest(sample[None], dataset, progress)[0]


def find_all_nearest(samples: Floats, dataset: Dataset, progress: Progress = silent) -> list[Neighbour]:
    """For each of ``samples`` (N, ...) the sample of the data nearest to it, in one pass over the data."""
    best: list[Neighbour] = []
    for begin in range(0, len(dataset), PART):
        progress("Comparing", begin, len(dataset))
        raw = dataset.part(begin, begin + PART)
        part = from_pixels(raw) if dataset.is_images else raw.astype(np.float32)
        distances, indices = nearest(samples, part)
        found = [
            Neighbour(np.asarray(part[index], np.float32), float(distance))
            for distance, index in zip(distances, indices, strict=True)
        ]
        # The earlier one stays where both are equally near.
        best = [min(pair, key=lambda n: n.distance) for pair in zip(best or found, found, strict=True)]
    return best
