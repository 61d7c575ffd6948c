"""Figures of images on real digits, on noise and on a collapsed generator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ganstudio.data.dataset import Dataset, silent
from ganstudio.data.digits import load
from ganstudio.data.toy import ring
from ganstudio.errors import Cancelled, UserError
from ganstudio.evaluation import classifier as classifying
from ganstudio.evaluation.evaluate import Reference, Request, chosen, judge
from ganstudio.experiment.model import Experiment
from ganstudio.metrics import FIGURES

Samples = NDArray[np.float32]


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load(Experiment().data, 0, silent)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("classifiers")


@pytest.fixture(autouse=True)
def _no_cache_of_the_person(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(classifying, "classifiers_folder", lambda: cache)
    monkeypatch.setattr(classifying, "STEPS", 150)  # enough for digits
    state = torch.get_rng_state()
    yield
    assert torch.equal(torch.get_rng_state(), state), "judging must not draw from the global generator"


def _real(dataset: Dataset) -> Samples:
    return dataset.array.astype(np.float32) / 127.5 - 1


def _figures(dataset: Dataset, samples: Samples, *names: str) -> dict[str, float]:
    def draw(count: int, seed: int) -> Samples:
        return samples[np.random.default_rng(seed + 50).permutation(len(samples))[:count]]

    return judge(draw, Reference(dataset), Request(names, samples=300))[0]


def test_figures_tell_the_data_from_noise_and_from_collapse(digits: Dataset) -> None:
    random = np.random.default_rng(0)
    real = _real(digits)
    ones = real[np.asarray(digits.labels) == 1]
    data = _figures(digits, real)
    noise = _figures(digits, random.uniform(-1, 1, real.shape).astype(np.float32))
    one_class = _figures(digits, ones[random.integers(len(ones), size=500)])
    assert set(data) == {n for n, c in FIGURES.items() if not c.traits & {"points", "inception"}}

    assert data["classes_hit"] == 10
    assert data["class_divergence"] < 0.1
    assert data["precision"] > 0.9
    assert data["recall"] > 0.9
    assert data["nearest_ratio"] < 0.5  # they are training images themselves
    assert 0.7 < data["ms_ssim"] < 1.4
    assert noise["swd"] > 5 * data["swd"]
    assert noise["classifier_fid"] > 20 * data["classifier_fid"]
    assert noise["precision"] < 0.3
    assert noise["nearest_ratio"] > 2
    assert one_class["classes_hit"] == 1
    assert one_class["class_divergence"] > 2
    assert one_class["recall"] < 0.4
    assert one_class["ms_ssim"] > 1.5


def test_several_seeds_give_a_spread_and_equal_seeds_equal_figures(digits: Dataset) -> None:
    real = _real(digits)

    def draw(count: int, seed: int) -> Samples:
        return real[np.random.default_rng(seed + 50).permutation(len(real))[:count]]

    request = Request(("classifier_fid", "precision"), samples=200, seeds=(1, 2, 3))
    figures, facts = judge(draw, Reference(digits), request)
    again, _ = judge(draw, Reference(digits), request)
    assert figures == again
    assert facts["spread"]["classifier_fid"] > 0
    assert (facts["samples"], facts["real"], facts["seeds"]) == (200, 200, [1, 2, 3])
    assert facts["classifier"]["comparable_with_published_figures"] is False
    assert sum(facts["classes"].values()) == pytest.approx(1, abs=1e-3)


def test_one_figure_does_not_depend_on_the_others_asked_for(digits: Dataset) -> None:
    real = _real(digits)
    assert (
        _figures(digits, real, "swd")["swd"] == _figures(digits, real, "ms_ssim", "precision", "swd")["swd"]
    )


def test_the_classifier_is_trained_once_and_knows_its_data(digits: Dataset, tmp_path: Path) -> None:
    told: list[str] = []
    first = classifying.classifier_of(digits, lambda what, _done, _total: told.append(what), tmp_path, 150)
    trained = len(told)
    second = classifying.classifier_of(digits, lambda what, _done, _total: told.append(what), tmp_path, 150)
    assert trained > 0
    assert len(told) == trained
    assert first.accuracy > 0.95
    assert (first.accuracy, first.checksum) == (second.accuracy, second.checksum)
    features = second.read(digits.array[:20], silent)
    assert features.values.shape == (20, classifying.FEATURES)
    assert features.probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_a_damaged_cache_is_made_anew(digits: Dataset, tmp_path: Path) -> None:
    small = Dataset(digits.name, digits.array[:300], np.asarray(digits.labels)[:300], digits.class_names)
    first = classifying.classifier_of(small, silent, tmp_path, steps=5)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert classifying.classifier_of(small, silent, tmp_path, steps=5).checksum == first.checksum


def test_cancelling_leaves_no_half_classifier(digits: Dataset, tmp_path: Path) -> None:
    def cancel(what: str, done: int, total: int) -> None:
        if done == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        classifying.classifier_of(digits, cancel, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nonsense", "no figure 'nonsense'"),
        ("w1", "2-D points, and these data are images"),
        ("fid", "weights of an Inception"),
        ("classifier_fid", "has none"),
    ],
)
def test_what_cannot_be_computed_is_said(digits: Dataset, name: str, sentence: str) -> None:
    unlabelled = Dataset("folder", digits.array)
    with pytest.raises(UserError, match=sentence):
        chosen((name,), unlabelled, has_inception=False)


def test_a_broken_generator_is_said(digits: Dataset) -> None:
    with pytest.raises(UserError, match="NaN"):
        _figures(digits, np.full((400, *digits.sample_shape), np.nan, np.float32), "swd")


def test_points_are_judged_by_the_figures_of_points() -> None:
    request = Experiment().data
    data = ring(request, 0, silent)

    def draw(count: int, seed: int) -> Samples:
        return data.array[np.random.default_rng(seed + 9).integers(len(data), size=count)].astype(np.float32)

    figures, facts = judge(draw, Reference(data), Request(samples=1000, seeds=(0, 1)))
    assert set(figures) == set(FIGURES.with_trait("points"))
    assert figures["modes_covered"] == 8
    assert abs(figures["js"]) < 0.02
    assert figures["w1"] < 2 * figures["w1_real"]
    assert facts["samples"] == 1000
    assert set(facts["spread"]) == set(figures)
    with pytest.raises(UserError, match="NaN"):
        judge(lambda count, _seed: np.full((count, 2), np.nan, np.float32), Reference(data), Request())


def _halves(dataset: Dataset) -> Reference:
    labels = np.asarray(dataset.labels)
    return Reference(
        *(replace(dataset, array=dataset.array[i::2], labels=labels[i::2]) for i in (0, 1))  # type: ignore[arg-type]
    )


def test_samples_are_compared_with_the_split_that_is_asked_for(digits: Dataset) -> None:
    reference = _halves(digits)

    def copies(count: int, seed: int) -> Samples:
        return _real(reference.training)[:count]

    request = Request(("precision", "swd"), samples=200, split="held-out")
    figures, facts = judge(copies, reference, request)
    assert facts["reference"] == "held-out data"
    assert facts["data_size"] == len(reference.held_out or ())
    assert figures != judge(copies, reference, replace(request, split="training"))[0]
    with pytest.raises(UserError, match=r"data\.held_out is 0"):
        judge(copies, Reference(digits), request)


def test_copies_are_told_by_held_out_data(digits: Dataset) -> None:
    """The training data are at distance 0 from themselves, held-out data as far as unseen ones are."""
    reference = _halves(digits)

    def ratio(dataset: Dataset) -> float:
        def draw(count: int, seed: int) -> Samples:
            return _real(dataset)[:count]

        figures, facts = judge(draw, reference, Request(("nearest_ratio",), samples=100))
        assert facts["unseen"] == "held-out data"
        assert facts["searched"] == len(reference.training)
        return figures["nearest_ratio"]

    assert ratio(reference.training) == 0
    assert reference.held_out is not None
    assert ratio(reference.held_out) == pytest.approx(1, abs=0.15)


def test_what_cannot_be_computed_is_left_out_unless_it_is_asked_for() -> None:
    tiny = Dataset("dots", np.random.default_rng(0).integers(0, 256, (40, 1, 4, 4), np.uint8))

    def draw(count: int, seed: int) -> Samples:
        return _real(tiny)[:count]

    figures, facts = judge(draw, Reference(tiny), Request(samples=40))
    assert "swd" not in figures
    assert "precision" in figures
    assert "pixels" in facts["left_out"]["swd"]
    with pytest.raises(UserError, match="pixels"):
        judge(draw, Reference(tiny), Request(("swd",), samples=40))
