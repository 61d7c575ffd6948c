"""Colours that are images of their own: each is judged by itself, and the classes are their combinations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganstudio.data.dataset import Dataset, silent
from ganstudio.evaluation import classifier
from ganstudio.evaluation.classifier import Classifier, LayeredClassifier, classifier_of
from ganstudio.evaluation.images import classes_hit


class Brightness(nn.Module):
    """Sees one class of ten for every tenth of the brightness, with certainty."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        assert x.shape[1] == 1
        share = (x.mean(dim=(1, 2, 3)) + 1) / 2
        number = (share * 10).long().clamp(0, 9)
        return share[:, None], 1000.0 * torch.eye(10)[number]


def images(numbers: np.ndarray) -> np.ndarray:
    digits = np.stack([numbers // 100, numbers // 10 % 10, numbers % 10], axis=1)
    return np.broadcast_to((digits * 25 + 13)[:, :, None, None], (len(numbers), 3, 4, 4)).astype(np.uint8)


@pytest.fixture
def layered() -> LayeredClassifier:
    return LayeredClassifier(Brightness(), 1.0, "", tuple(f"{k:03}" for k in range(1000)))  # type: ignore[arg-type]


def test_every_combination_is_its_own_class(layered: LayeredClassifier) -> None:
    numbers = np.random.default_rng(0).permutation(1000)
    read = layered.read(images(numbers), silent)
    assert read.probabilities.shape == (1000, 1000)
    assert read.probabilities.argmax(axis=1).tolist() == numbers.tolist()
    assert read.probabilities.sum(axis=1) == pytest.approx(1)
    assert read.values.shape == (1000, 3)


def test_of_many_classes_one_sample_is_enough(layered: LayeredClassifier) -> None:
    @dataclass
    class Seen:
        classifier_features: tuple[object, object]

    features = layered.read(images(np.array([5] * 500 + [17, 999])), silent)
    assert classes_hit(Seen((None, features))) == 3  # type: ignore[arg-type]


def test_the_classifier_is_trained_on_the_layers(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    asked = []

    def train(_network: nn.Module, dataset: Dataset, *_: object) -> float:
        asked.append(dataset)
        return 0.5

    monkeypatch.setattr(classifier, "_train", train)
    digits = np.arange(10)
    layers = Dataset("one", np.zeros((10, 1, 8, 8), np.uint8), digits, tuple(map(str, digits)))
    stacked = Dataset(
        "three", np.zeros((4, 3, 8, 8), np.uint8), np.arange(4), tuple(map(str, range(1000))), layers=layers
    )
    found = classifier_of(stacked, silent, tmp_path)  # type: ignore[arg-type]
    assert isinstance(found, LayeredClassifier)
    assert isinstance(found, Classifier)
    assert asked == [layers]
    assert len(found.class_names) == 1000
