"""Every objective on the ring of 8 and the grid of 25 Gaussians, with the same number of steps."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import DATASETS
from ganstudio.objectives import OBJECTIVES
from ganstudio.studies.contenders import (
    CONTROLS,
    COVERAGE_SAMPLES,
    DATA,
    REAL,
    SPREAD,
    Score,
    Size,
    fresh_data,
    trained,
)
from ganstudio.studies.figures import BLUE, GREY, new_figure
from ganstudio.studies.study import Claim, Outcome, Request, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SEEDS = (0, 1, 2)
FULL = Size(steps=6000, width=64, batch=128, transported=1000)
QUICK = Size(steps=60, width=32, batch=64, transported=100)


def reproduce(request: Request) -> Outcome:
    """Train them all and judge them."""
    seeds = request.seeds or SEEDS
    size = QUICK if request.quick else FULL
    scores = list(trained(request, seeds, size))
    return Outcome(
        _setup(size, seeds),
        (*(_table(scores, source) for source in DATA), _every(scores)),
        claims(scores, quick=request.quick),
        {"mode-coverage": _draw([s for s in scores if s.seed == seeds[0]])},
    )


def claims(scores: list[Score], *, quick: bool) -> tuple[Claim, ...]:
    """What the papers say of the penalty beside clipping; a quick version ends too early for that."""
    if quick:
        return (
            Claim(
                "objectives that were compared",
                len({s.contender.objective for s in scores} - {REAL.objective}),
                at_least=len(OBJECTIVES),
            ),
        )
    mean = {
        source: {
            control: float(
                np.mean([s.w1 for s in scores if s.contender.control == control and s.source == source])
            )
            for control, _ in CONTROLS["wasserstein"]
        }
        for source in DATA
    }
    clipping, penalty, _ = (control for control, _ in CONTROLS["wasserstein"])
    penalised = [s for s in scores if s.contender.control == penalty]
    return (
        *(
            Claim(
                f"{source}: modes covered by Wasserstein with gradient penalty, worst seed",
                min(s.covered for s in penalised if s.source == source),
                at_least=modes,
            )
            for source, modes in DATA.items()
        ),
        *(
            Claim(
                f"{source}: exact W1 of Wasserstein with gradient penalty over that with clipping",
                mean[source][penalty] / mean[source][clipping],
                at_most=1,
            )
            for source in DATA
        ),
    )


def _setup(size: Size, seeds: tuple[int, ...]) -> str:
    return cleandoc(f"""
        - Generator and critic: MLPs of 3 hidden ReLU layers of {size.width}, latent N(0, I) of dimension 2,
          batch {size.batch}; modes of standard deviation {SPREAD:g}.
        - Every row has {size.steps} steps of critic and generator together: {size.steps // 2} iterations with
          one critic step each, {size.steps // 6} with five for the Wasserstein objectives. No row was tuned.
        - Adam 1e-3, betas 0.5 and 0.9; with clipping RMSprop 5e-4. Penalties: lambda = 0.1.
        - Seeds {", ".join(map(str, seeds))}. {COVERAGE_SAMPLES} samples; a mode is covered by 1 % of them
          within 3 standard deviations, good samples are within 3 standard deviations of any mode.
        - W1 is exact between {size.transported} samples and as many fresh points; how far two sets of real
          points are from each other is the row of real data.
    """)


def _table(scores: list[Score], source: str) -> Table:
    """A row per contender, over all seeds."""
    rows: list[tuple[str, ...]] = []
    here = [s for s in scores if s.source == source]
    for contender in dict.fromkeys((s.contender.title, s.contender.control) for s in here):
        of = [s for s in here if (s.contender.title, s.contender.control) == contender]
        rows.append(
            (
                *contender,
                " ".join(str(s.covered) for s in of),
                _mean_and_range([s.good_share for s in of], 2),
                _mean_and_range([s.w1 for s in of], 3),
            )
        )
    columns = (
        "objective",
        "control",
        f"modes covered (of {DATA[source]}), by seed",
        "good share",
        "exact W1",
    )
    return Table(f"coverage-{source}", DATASETS[source].title, columns, tuple(rows))


def _mean_and_range(values: list[float], digits: int) -> str:
    return f"{np.mean(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def _every(scores: list[Score]) -> Table:
    rows = tuple(
        (
            s.source,
            s.contender.title,
            s.contender.control,
            s.seed,
            s.iterations,
            s.covered,
            s.good_share,
            s.w1,
        )
        for s in scores
    )
    columns = (
        "data",
        "objective",
        "control",
        "seed",
        "iterations",
        "modes covered",
        "good share",
        "exact W1",
    )
    return Table("coverage-all", "Every training", columns, rows, listed=False)


def _draw(scores: list[Score]) -> Figure:
    """The samples of every contender over the modes, a row per distribution."""
    shown = [s for s in scores if s.contender is not REAL]
    columns = len(shown) // len(DATA)
    figure = new_figure(1.25 * columns, 3.1)
    panels = figure.subplots(len(DATA), columns)
    for axes, score in zip(panels.flat, shown, strict=True):
        modes = fresh_data(score.source, score.seed, 100).modes
        if modes is not None:
            axes.plot(
                *modes.centres.T, "o", color=GREY, markersize=5, markerfacecolor="none", markeredgewidth=0.5
            )
        axes.plot(*score.samples[:1000].T, ".", color=BLUE, markersize=1.6, markeredgewidth=0, alpha=0.7)
        axes.set_xlim(-1.5, 1.5)
        axes.set_ylim(-1.5, 1.5)
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlabel(f"{score.covered} of {DATA[score.source]}, W1 {score.w1:.2f}", fontsize=6.5)
        if score.source == next(iter(DATA)):
            name = score.contender.title.partition(" (")[0]
            control = score.contender.control.partition(",")[0]
            axes.set_title(name if control == "none" else f"{name},\n{control}", fontsize=6.5)
    return figure
