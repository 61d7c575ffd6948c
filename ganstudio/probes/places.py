"""Gradient norms of the critic at interpolates, at real and at generated samples of one batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from ganstudio.probes.scene import Scene
from ganstudio.regularizers import PLACES
from ganstudio.regularizers.interpolates import gradient_norms

SHOWN = ("interpolates", "real", "fake")


def measure(scene: Scene) -> Mapping[str, NDArray[Any]]:
    """||grad D||_2 (N,) by place."""
    return {
        place: gradient_norms(
            lambda x: scene.scores(x, scene.labels),
            PLACES[place].load()(scene.real, scene.fake, scene.random),
            create_graph=False,
        )
        .detach()
        .float()
        .cpu()
        .numpy()
        for place in SHOWN
    }
