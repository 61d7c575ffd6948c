"""Judges the generator of a saved state, with all that is needed to read the figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Dataset, Progress, silent
from ganstudio.data.pixels import to_pixels
from ganstudio.engine.events import Evaluated, Snapshot
from ganstudio.engine.sampling import sample
from ganstudio.errors import UserError
from ganstudio.evaluation.classifier import Classifier, classifier_of
from ganstudio.evaluation.features import Extractor
from ganstudio.evaluation.images import COMPARED, class_shares
from ganstudio.evaluation.material import Images, Material
from ganstudio.metrics import FIGURES
from ganstudio.metrics.points import PointFigures

UNSEEN = 0.1  # share of the data set aside for comparison with the rest, where training knew all of it
Split = Literal["training", "held-out"]
SPLITS: tuple[Split, ...] = ("training", "held-out")


@dataclass(frozen=True)
class Request:
    """What is asked for: names of FIGURES (none: all that can be had), how much and how often."""

    figures: tuple[str, ...] = ()
    samples: int = 2000  # generated, and as many real ones
    seeds: tuple[int, ...] = (0,)  # several give a spread
    device: str = "cpu"
    split: Split = "training"  # the real samples that generated ones are compared with
    searched: int | None = None  # training images at most among which nearest ones are searched; None: all


@dataclass(frozen=True)
class Reference:
    """What generated samples are judged by: the data of the training, and what was held out from it."""

    training: Dataset
    held_out: Dataset | None = None

    def split(self, name: Split) -> Dataset:
        """The real samples of a split. Raises UserError where nothing is held out."""
        if name == "training":
            return self.training
        if self.held_out is None:
            raise UserError(
                "Nothing of these data is held out (data.held_out is 0); compare with the training data."
            )
        return self.held_out


# Samples of the generator to be judged: (count, seed) -> NCHW in [-1, 1] or (N, 2).
Draw = Callable[[int, int], NDArray[np.float32]]


def evaluate(
    snapshot: Snapshot,
    reference: Reference,
    request: Request,
    *,
    inception: Extractor | None = None,
    progress: Progress = silent,
) -> Evaluated:
    """Figures of a state's generator against its data; means over the seeds.

    Raises UserError for figures that do not exist or cannot be computed here, and what ``progress`` raises.
    """

    def draw(count: int, seed: int) -> NDArray[np.float32]:
        return sample(snapshot, count=count, seed=seed, device=request.device)

    figures, facts = judge(draw, reference, request, inception=inception, progress=progress)
    return Evaluated(snapshot.iteration, figures, facts)


def judge(
    draw: Draw,
    reference: Reference,
    request: Request,
    *,
    inception: Extractor | None = None,
    progress: Progress = silent,
) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures by name, and the facts behind them; as ``evaluate``."""
    dataset, real = reference.training, reference.split(request.split)
    names = chosen(request.figures, dataset, has_inception=inception is not None)
    once = _judge_images if dataset.is_images else _judge_points
    runs, facts = once(names, draw, reference, request, inception, progress)
    found = {name: [run[name] for run in runs if name in run] for name in names}
    facts |= {
        "reference": f"{request.split} data",
        "data": dataset.name,
        "data_size": len(real),
        "seeds": list(request.seeds),
        "spread": {name: float(np.std(values, ddof=1)) for name, values in found.items() if len(values) > 1},
    }
    return {name: float(np.mean(values)) for name, values in found.items() if values}, facts


# The figures of each seed, and what was the same for all of them.
Runs = tuple[list[dict[str, float]], dict[str, Any]]


def _judge_images(
    names: Sequence[str],
    draw: Draw,
    reference: Reference,
    request: Request,
    inception: Extractor | None,
    progress: Progress,
) -> Runs:
    classifier = _classifier(names, reference.training, progress)
    count = min(request.samples, len(reference.split(request.split)))
    networks = classifier, inception
    runs: list[dict[str, float]] = []
    shares: list[NDArray[np.float64]] = []
    facts: dict[str, Any] = {"samples": count, "real": count}
    for seed in request.seeds:
        progress("Drawing samples", 0, 0)
        material = _material(draw(count, seed), reference, request, seed, networks, progress)
        runs.append({})
        for index, name in enumerate(names):
            progress(f"Computing {FIGURES[name].title}", index, len(names))
            try:
                runs[-1][name] = FIGURES[name].load()(material)
            except ValueError as error:
                if name in request.figures:
                    raise UserError(f"{FIGURES[name].title} cannot be computed: {error}.") from error
                facts.setdefault("left_out", {})[name] = str(error)
        if classifier is not None:
            shares.append(class_shares(material))
        facts["searched"] = len(material.training)
    facts["unseen"] = "held-out data" if reference.held_out else f"{UNSEEN:.0%} of the training data"
    if classifier is not None:
        facts["classifier"] = dict(classifier.definition)
        facts["classes"] = _named(classifier, shares)
    if inception is not None:
        facts["inception"] = dict(inception.definition)
    return runs, facts


def _judge_points(
    names: Sequence[str],
    draw: Draw,
    reference: Reference,
    request: Request,
    _inception: Extractor | None,
    progress: Progress,
) -> Runs:
    dataset = reference.split(request.split)
    modes, facts = dataset.modes, dict[str, Any]()
    runs: list[dict[str, float]] = []
    points = np.asarray(dataset.array, np.float64)
    for index, seed in enumerate(request.seeds):
        progress("Comparing points", index, len(request.seeds))
        real = points[np.random.default_rng(seed).permutation(len(points))]
        try:
            judge_of = PointFigures(real, modes.centres, modes.std) if modes else PointFigures(real)
        except ValueError as error:
            raise UserError(f"There are too few real points: {error}.") from error
        figures, facts = judge_of.evaluate(draw(request.samples, seed))
        if not figures:
            raise UserError("The generator gives infinite values or NaN; there is nothing to judge.")
        runs.append({name: value for name, value in figures.items() if name in names})
    return runs, {"samples": request.samples, **facts}


def chosen(names: Sequence[str], dataset: Dataset, *, has_inception: bool) -> tuple[str, ...]:
    """The names asked for, or all that apply. Raises UserError where one does not."""
    if not names:
        return tuple(name for name in FIGURES if not why_not(name, dataset, has_inception=has_inception))
    for name in names:
        if name not in FIGURES:
            raise UserError(f"There is no figure {name!r}; there are {', '.join(FIGURES)}.")
        if sentence := why_not(name, dataset, has_inception=has_inception):
            raise UserError(sentence)
    return tuple(dict.fromkeys(names))


def why_not(name: str, dataset: Dataset, *, has_inception: bool) -> str:
    """Why a figure cannot be computed of these data; "" where it can."""
    choice = FIGURES[name]
    if "images" in choice.traits and not dataset.is_images:
        return f"{choice.title} is for images, and these data are 2-D points."
    if "points" in choice.traits and dataset.is_images:
        return f"{choice.title} is for 2-D points, and these data are images."
    if "labels" in choice.traits and (dataset.labels is None or len(dataset.class_names) < 2):
        return f"{choice.title} needs data with classes, and {dataset.name} has none."
    if "inception" in choice.traits and not has_inception:
        return f"{choice.title} needs the weights of an Inception network: a file of them, or their download."
    return ""


def _classifier(names: Sequence[str], dataset: Dataset, progress: Progress) -> Classifier | None:
    if any("labels" in FIGURES[name].traits for name in names):
        return classifier_of(dataset, progress)
    return None


def _material(
    samples: NDArray[np.float32],
    reference: Reference,
    request: Request,
    seed: int,
    networks: tuple[Extractor | None, Extractor | None],
    progress: Progress,
) -> Material:
    if not np.isfinite(samples).all():
        raise UserError("The generator gives infinite values or NaN; there is nothing to judge.")
    dataset = reference.split(request.split)
    order = np.random.default_rng(seed).permutation(len(dataset))[: len(samples)]
    training, unseen = _known_and_unseen(reference, request.searched)
    shares = None
    if dataset.labels is not None and dataset.class_names:
        shares = np.bincount(dataset.labels, minlength=len(dataset.class_names)) / len(dataset)
    return Material(
        real=_pixels(dataset, order),
        fake=to_pixels(samples),
        training=training,
        unseen=unseen,
        seed=seed,
        classifier=networks[0],
        inception=networks[1],
        class_shares=shares,
        progress=progress,
    )


def _known_and_unseen(reference: Reference, searched: int | None) -> tuple[Images, Images]:
    """Training images for the search of nearest ones, and real images to compare with that are not theirs.

    The same for all seeds and sessions.
    """
    dataset = reference.training
    order = np.random.default_rng(0).permutation(len(dataset))
    if reference.held_out is not None:
        others = reference.held_out
        apart = np.random.default_rng(0).permutation(len(others))[:COMPARED]
        return _pixels(dataset, order[:searched]), _pixels(others, apart)
    count = max(1, int(UNSEEN * len(order)))
    known = order[count:][:searched]
    return _pixels(dataset, known), _pixels(dataset, order[:count][:COMPARED])


def _pixels(dataset: Dataset, index: NDArray[np.int64]) -> Images:
    images: Images = dataset.array[index].astype(np.uint8, copy=False)
    return images


def _named(classifier: Classifier, shares: Sequence[NDArray[np.float64]]) -> Mapping[str, float]:
    mean = np.mean(shares, axis=0)
    return {name: round(float(share), 4) for name, share in zip(classifier.class_names, mean, strict=True)}
