"""What the latent explorer asks of the networks, and the work that answers; it runs in a job's thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Dataset, Progress
from ganstudio.engine.events import Snapshot
from ganstudio.session.replaying import read_samples
from ganstudio.session.session import Session

if TYPE_CHECKING:
    from ganstudio.engine.explorer import Explorer, Neighbour

Floats = NDArray[np.float32]
T = TypeVar("T")

STOPS = 9  # samples of the walk that are shown
CURVE = 61  # points of the walk that are drawn of 2-D data
DIRECTIONS = 4
MOMENTS = 16  # of a pinned sample's history at most


@dataclass(frozen=True)
class Wish:
    """Where a person wants to look: a walk between two of the fixed latents, and steps off it."""

    first: int = 0
    second: int = 1
    share: float = 0.0  # of the way, from 0 to 1
    spherical: bool = False
    steps: tuple[float, ...] = (0.0,) * DIRECTIONS  # along the principal directions

    @property
    def fixed_index(self) -> int | None:
        """The fixed latent that is looked at; None between them."""
        if any(self.steps) or self.share not in (0.0, 1.0):
            return None
        return self.second if self.share else self.first


@dataclass(frozen=True)
class Sight:
    """What is seen there."""

    wish: Wish
    walk: Floats  # (STOPS or CURVE, ...)
    sample: Floats
    score: float
    latent: Floats
    neighbour: Neighbour | None
    explorer: Explorer
    dataset: Dataset | None


@dataclass(frozen=True)
class Moment:
    """A pinned sample at an iteration: its score by the critic of the shown state, and by that time's own."""

    iteration: int
    sample: Floats
    score_now: float
    score_then: float | None


def slim(snapshot: Snapshot) -> Snapshot:
    """What the explorer needs of a snapshot; the optimisers' memory is most of it and not held on to."""
    tensors = {
        name: arrays
        for name, arrays in snapshot.tensors.items()
        if name in ("generator", "generator_ema", "critic")
    }
    random = {"fixed_latents": snapshot.tensors["random"]["fixed_latents"]}
    return replace(snapshot, tensors={**tensors, "random": random})


def look(source: Snapshot | Explorer, dataset: Dataset | None, wish: Wish, progress: Progress) -> Sight:
    """Walk and look. Raises UserError."""
    from ganstudio.data import held_out
    from ganstudio.engine.explorer import Explorer, find_nearest, latent_path

    explorer = Explorer(source) if isinstance(source, Snapshot) else source
    if dataset is None:
        dataset, _ = held_out.load(explorer.experiment.data, explorer.experiment.seed, progress)
    last = len(explorer.fixed) - 1
    start, end = explorer.fixed[min(wish.first, last)], explorer.fixed[min(wish.second, last)]
    label = None if explorer.fixed_labels is None else int(explorer.fixed_labels[min(wish.first, last)])
    shares = np.linspace(0, 1, STOPS if dataset.is_images else CURVE)
    directions = explorer.directions(DIRECTIONS)
    off = np.asarray(wish.steps[: len(directions)], np.float32) @ directions
    path = latent_path(start, end, [*shares, wish.share], spherical=wish.spherical) + off
    view = explorer.show(np.asarray(path, np.float32), label)
    neighbour = find_nearest(view.samples[-1], dataset, progress)
    return Sight(
        wish,
        view.samples[:-1],
        view.samples[-1],
        float(view.scores[-1]),
        path[-1],
        neighbour,
        explorer,
        dataset,
    )


def follow(sight: Sight, session: Session | None, progress: Progress) -> tuple[Moment, ...]:
    """The sample of a latent through the stored history.

    At every stored checkpoint; of a fixed latent also at stored sample grids. Raises UserError.
    """
    from ganstudio.engine.explorer import Explorer

    explorer, index = sight.explorer, sight.wish.fixed_index
    label = None
    if explorer.fixed_labels is not None:
        label = int(explorer.fixed_labels[sight.wish.first if index is None else index])
    found: dict[int, Moment] = {}

    def add(iteration: int, sample: Floats, then: float | None) -> None:
        found[iteration] = Moment(iteration, sample, float(explorer.score(sample[None], label)[0]), then)

    if session is not None and index is not None:
        pictures = _spread(session.samples(), MOMENTS)
        for i, picture in enumerate(pictures):
            progress("Following", i, len(pictures))
            event = read_samples(picture)
            if index < len(event.generated):
                add(event.iteration, event.generated[index], None)
    for iteration in _spread(session.checkpoints(), MOMENTS) if session is not None else []:
        progress("Following", 0, 0)
        past = Explorer(session.snapshot(iteration)) if session is not None else explorer
        view = past.show(sight.latent[None], label)
        add(iteration, view.samples[0], float(view.scores[0]))
    add(explorer.iteration, sight.sample, sight.score)
    return tuple(found[i] for i in sorted(found))


def _spread(things: list[T], count: int) -> list[T]:
    """At most ``count`` of them, evenly chosen, with the first and the last."""
    if len(things) <= count:
        return things
    return [things[round(i * (len(things) - 1) / (count - 1))] for i in range(count)]
