"""A small classifier, trained here on the data's own labels, whose features and classes judge samples.

Its figures tell generators of one data set apart. They cannot be compared with published ones, which use
another network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.data.dataset import Dataset, Progress
from ganstudio.data.loader import normalised
from ganstudio.evaluation.features import Features
from ganstudio.evaluation.weights import read_weights, write_weights
from ganstudio.paths import classifiers_folder

VERSION = 1  # of this network and its training: another one has other features
FEATURES = 64
BATCH, STEPS, HELD_OUT = 128, 400, 0.1
CHUNK = 512


class Network(nn.Module):
    """Two convolutions, a mean over the places of a coarse grid, and one hidden layer: the features."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(64 * 16, FEATURES),
            nn.ReLU(),
        )
        self.head = nn.Linear(FEATURES, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (N, 64) and logits (N, C) of images (N, C, H, W) in [-1, 1]."""
        features = self.body(x)
        return features, self.head(features)


@dataclass(frozen=True)
class Classifier:
    """A trained network with its accuracy (0 to 1) on a tenth of the data that it was not trained on."""

    network: Network
    accuracy: float
    checksum: str  # SHA-256 of its weights
    class_names: tuple[str, ...]

    @property
    def definition(self) -> Mapping[str, Any]:
        """What must be the same for two figures to be comparable."""
        return {
            "features": f"local classifier (version {VERSION}), {FEATURES} features",
            "weights_sha256": self.checksum,
            "accuracy": round(self.accuracy, 4),
            "comparable_with_published_figures": False,
        }

    def read(self, images: NDArray[np.uint8], progress: Progress) -> Features:
        """Features and class probabilities of images NCHW of 0..255."""
        values, probabilities = [], []
        with torch.inference_mode():
            for start in range(0, len(images), CHUNK):
                progress("Reading features", start, len(images))
                features, logits = self.network(_pixels(images[start : start + CHUNK]))
                values.append(features.numpy())
                probabilities.append(logits.softmax(1).numpy())
        return Features(np.concatenate(values), np.concatenate(probabilities))


@dataclass(frozen=True)
class LayeredClassifier(Classifier):
    """Judges each colour by itself with a classifier of grey images; its accuracy is that of one colour."""

    def read(self, images: NDArray[np.uint8], progress: Progress) -> Features:
        """The features of all colours side by side, and the probabilities of their classes in a row."""
        read = [
            super(LayeredClassifier, self).read(images[:, k : k + 1], progress)
            for k in range(images.shape[1])
        ]
        probabilities = read[0].probabilities
        for layer in read[1:]:
            probabilities = (probabilities[:, :, None] * layer.probabilities[:, None]).reshape(
                len(images), -1
            )
        return Features(np.concatenate([layer.values for layer in read], axis=1), probabilities)


def classifier_of(
    dataset: Dataset, progress: Progress, folder: Path | None = None, steps: int | None = None
) -> Classifier:
    """The classifier of labelled images; trained once for ``steps``, then read from the cache ``folder``.

    The same data give the same weights. Raises ValueError where there are no labels, and what ``progress``
    raises.
    """
    if dataset.labels is None or not dataset.is_images:
        raise ValueError(f"{dataset.name} has no labelled images")
    if dataset.layers is not None:
        one = classifier_of(dataset.layers, progress, folder, steps)
        return LayeredClassifier(one.network, one.accuracy, one.checksum, dataset.class_names)
    path = (folder or classifiers_folder()) / f"{_key(dataset, steps or STEPS)}.safetensors"
    network = _empty(dataset.sample_shape[0], len(dataset.class_names))
    kept = read_weights(path)
    if kept is not None and _fits(network, kept[0]):
        tensors, facts = kept
        accuracy = float(facts.get("accuracy", "nan"))
    else:
        accuracy = _train(network, dataset, steps or STEPS, progress)
        tensors = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
        write_weights(path, tensors, {"accuracy": repr(accuracy)})
    network.eval().requires_grad_(requires_grad=False)
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(np.ascontiguousarray(tensors[name]).tobytes())
    return Classifier(network, accuracy, digest.hexdigest(), dataset.class_names)


def _key(dataset: Dataset, steps: int) -> str:
    """A name for this content, whatever it is called."""
    digest = hashlib.blake2b(
        f"{VERSION} {steps} {dataset.array.shape} {len(dataset.class_names)}".encode(), digest_size=16
    )
    for array in (dataset.array, dataset.labels):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _empty(channels: int, classes: int) -> Network:
    """A network without values: layers that start themselves would draw from the global generator."""
    with torch.device("meta"):
        network = Network(channels, classes)
    return network.to_empty(device="cpu")


def _fits(network: Network, tensors: Mapping[str, NDArray[Any]]) -> bool:
    """Whether cached weights could be loaded; others are made anew."""
    try:
        network.load_state_dict({name: torch.from_numpy(array) for name, array in tensors.items()})
    except (RuntimeError, TypeError):
        return False
    return True


def _train(network: Network, dataset: Dataset, steps: int, progress: Progress) -> float:
    """Train with fixed seeds and without touching the global one; returns the accuracy on unseen data."""
    random = torch.Generator().manual_seed(VERSION)
    for parameter in network.parameters():
        if parameter.dim() > 1:
            nn.init.kaiming_normal_(parameter, generator=random)
        elif parameter.dim() == 1:
            nn.init.zeros_(parameter)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            module.reset_running_stats()
    order = torch.randperm(len(dataset), generator=random).numpy()
    unseen = order[: max(1, int(HELD_OUT * len(order)))]
    seen = order[len(unseen) :] if len(order) > len(unseen) else order
    labels = np.asarray(dataset.labels)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps)
    network.train()
    for step in range(steps):
        progress("Training the classifier that judges", step, steps)
        picked = seen[torch.randint(len(seen), (BATCH,), generator=random).numpy()]
        _, logits = network(_pixels(dataset.array[picked]))
        loss = F.cross_entropy(logits, torch.from_numpy(labels[picked]))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    network.eval()
    hits = 0
    with torch.inference_mode():
        for start in range(0, len(unseen), CHUNK):
            part = unseen[start : start + CHUNK]
            hits += int((network(_pixels(dataset.array[part]))[1].argmax(1).numpy() == labels[part]).sum())
    return hits / len(unseen)


def _pixels(images: NDArray[Any]) -> Tensor:
    return normalised(torch.from_numpy(np.ascontiguousarray(images)))
