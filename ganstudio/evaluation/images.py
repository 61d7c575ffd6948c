"""The figures of images, each a function of the material."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.data.loader import normalised
from ganstudio.evaluation.features import Features
from ganstudio.evaluation.material import Images, Material
from ganstudio.metrics import structural
from ganstudio.metrics.frechet import frechet_distance, gaussian_of
from ganstudio.metrics.inception_score import inception_score as score_of
from ganstudio.metrics.kernel_distance import kernel_distance
from ganstudio.metrics.nearest import nearest_ratio as ratio_of
from ganstudio.metrics.sliced import PATCH, patch_distances

PAIRS = 500
COMPARED = 2000  # images at most of each side for the search of neighbours in the training data
HIT = 0.01  # share of the samples that a class needs to count as hit


def swd(material: Material) -> float:
    """Sliced Wasserstein distance of patches, mean over the levels of detail, times 1,000."""
    if min(material.real.shape[2:]) < PATCH:
        raise ValueError(f"patches need images of at least {PATCH} pixels")
    levels = patch_distances(_tensor(material.real), _tensor(material.fake), material.random("swd"))
    return 1000 * float(np.mean(list(levels.values())))


def ms_ssim(material: Material) -> float:
    """Mean similarity of pairs of generated images over that of pairs of real ones."""
    fake, real = (
        structural.diversity(_tensor(images), PAIRS, material.random("ms_ssim"))
        for images in (material.fake, material.real)
    )
    return fake / max(real, 1e-6)


def precision(material: Material) -> float:
    """Share of samples within the real manifold."""
    return material.neighbourhoods.precision


def recall(material: Material) -> float:
    """Share of real images within the generated manifold."""
    return material.neighbourhoods.recall


def density(material: Material) -> float:
    """In how many real neighbourhoods a sample lies, over how many there would be of real ones."""
    return material.neighbourhoods.density


def coverage(material: Material) -> float:
    """Share of real images with a sample in their neighbourhood."""
    return material.neighbourhoods.coverage


def nearest_ratio(material: Material) -> float:
    """Distance of samples to their nearest training image, over that of unseen real images."""
    fake, unseen = material.fake[:COMPARED], material.unseen[:COMPARED]
    return ratio_of(*(images.astype(np.float32) for images in (fake, unseen, material.training)))


def classifier_fid(material: Material) -> float:
    """Frechet distance in the features of the data's classifier."""
    return _frechet(material.classifier_features)


def classifier_confidence(material: Material) -> float:
    """Mean probability of the classifier's most likely class."""
    return float(material.classifier_features[1].probabilities.max(axis=1).mean())


def classes_hit(material: Material) -> float:
    """How many classes have at least one percent of the samples; of more than 100, with any."""
    shares = class_shares(material)
    return float((shares >= HIT if len(shares) <= 1 / HIT else shares > 0).sum())


def class_divergence(material: Material) -> float:
    """KL(classes of the samples || classes of the data), in nats."""
    ours, data = class_shares(material), material.class_shares
    if data is None:
        raise ValueError("the data have no labels")
    used = ours > 0
    with np.errstate(divide="ignore"):
        return float((ours[used] * np.log(ours[used] / data[used])).sum())


def class_shares(material: Material) -> NDArray[np.float64]:
    """Share (C,) of the samples in each class, as the classifier sees them."""
    probabilities = material.classifier_features[1].probabilities
    counts = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])
    return counts / len(probabilities)


def fid(material: Material) -> float:
    """Frechet Inception distance."""
    return _frechet(material.inception_features)


def kid(material: Material) -> float:
    """Kernel Inception distance."""
    real, fake = material.inception_features
    return kernel_distance(real.values, fake.values, np.random.default_rng(material.seed))[0]


def inception_score(material: Material) -> float:
    """Inception score of the samples."""
    probabilities = material.inception_features[1].probabilities
    return score_of(probabilities, splits=min(10, len(probabilities)))[0]


def _frechet(features: tuple[Features, Features]) -> float:
    real, fake = features
    return frechet_distance(gaussian_of(real.values), gaussian_of(fake.values))


def _tensor(images: Images) -> torch.Tensor:
    return normalised(torch.from_numpy(np.ascontiguousarray(images)))
