"""Figure 1 of Gulrajani et al. 2017: what weight clipping does to a critic, and the penalty does not."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ganstudio.studies import gradient_depth, value_surfaces
from ganstudio.studies.figures import BLUE, GREEN, GREY, ORANGE, RED, new_figure, tidy
from ganstudio.studies.gradient_depth import PENALTY, Depth
from ganstudio.studies.study import Claim, Outcome, Parts, Request
from ganstudio.studies.value_surfaces import CONTROLS, EXTENT, Surface, plane

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SEEDS = (0,)
SHOWN = 0.01  # the clip bound of the weight histogram
COLOURS = {PENALTY: BLUE, 0.1: RED, 0.01: ORANGE, 0.001: GREEN}


def reproduce(request: Request) -> Outcome:
    """Train everything; the surfaces of the first seed are drawn, all seeds are judged."""
    seeds = request.seeds or SEEDS
    parts = Parts(request, len(seeds) * (value_surfaces.PARTS + gradient_depth.PARTS))
    surfaces = [s for seed in seeds for s in value_surfaces.surfaces(request, seed, parts)]
    depths = [d for seed in seeds for d in gradient_depth.depths(request, seed, parts)]
    return Outcome(
        _setup(quick=request.quick),
        (
            value_surfaces.summary(surfaces),
            gradient_depth.summary(depths),
            gradient_depth.norms_table(depths),
            value_surfaces.values(surfaces),
            gradient_depth.weights_table(depths),
        ),
        (*surface_claims(surfaces, quick=request.quick), *depth_claims(depths, quick=request.quick)),
        {
            "value-surfaces": _draw_surfaces([s for s in surfaces if s.optimum.seed == seeds[0]]),
            "gradient-depth": _draw_depths(depths, seeds[0]),
        },
    )


def surface_claims(found: list[Surface], *, quick: bool) -> Iterator[Claim]:
    """Clipping "biases the critic towards much simpler functions"; the penalty does not (section 3.1)."""
    by = {control: [s for s in found if s.control == control] for control in CONTROLS}
    clipped, penalised = by["weight-clipping"], by["gradient-penalty"]
    yield Claim(
        "surfaces: greatest share of valleys between modes seen by clipping",
        max(s.valleys for s in clipped),
        at_most=0.1,
    )
    if not quick:  # near optimality takes thousands of steps
        yield Claim(
            "surfaces: share of W1 recovered by the penalty over that by clipping, least",
            min(p.recovered / c.recovered for c, p in zip(clipped, penalised, strict=True)),
            at_least=1.1,
        )
        yield Claim(
            "surfaces: correlation with the exact optimum, the penalty's less clipping's, least",
            min(p.likeness - c.likeness for c, p in zip(clipped, penalised, strict=True)),
            at_least=0,
        )
        yield Claim(
            "surfaces: least share of valleys between the 8 Gaussians seen by the penalty",
            min(s.valleys for s in penalised if s.optimum.toy.source == "ring"),
            at_least=0.9,
        )
        yield Claim(
            "surfaces: least critic's estimate over the exact W1, gradient penalty",
            min(s.estimate / s.optimum.potential.w1 for s in penalised),
            at_least=0.8,
            at_most=1.2,
        )


def depth_claims(found: list[Depth], *, quick: bool) -> Iterator[Claim]:
    """Gradients "either explode or vanish" under clipping and keep level under the penalty (section 3.2)."""
    by = {clip: [d for d in found if d.clip == clip] for clip in COLOURS}
    grown = "depth: orders of magnitude that the gradient grows by on its way back through 12 layers"
    if not quick:  # the weights need time to reach so wide a bound
        yield Claim(f"{grown}, c = 0.1", min(d.orders for d in by[0.1]), at_least=2)
    yield Claim(f"{grown}, c = 0.01", max(d.orders for d in by[0.01]), at_most=-6)
    yield Claim(f"{grown}, c = 0.001", max(d.orders for d in by[0.001]), at_most=-12)
    yield Claim(
        "depth: orders of magnitude between the layers' greatest and least gradient, penalty",
        max(d.spread for d in by[PENALTY]),
        at_most=1,
    )
    yield Claim("weights: share at the bounds, c = 0.01", min(d.stuck for d in by[0.01]), at_least=0.5)
    yield Claim(
        "weights: share of the penalised critic's within a tenth of its own greatest magnitude",
        max(_outermost(d.weights) for d in by[PENALTY]),
        at_most=0.01,
    )


def _outermost(weights: NDArray[np.float32]) -> float:
    """Share of the weights in the outermost tenth of their range."""
    size = np.abs(weights)
    return float((size >= 0.9 * size.max()).mean())


def _setup(*, quick: bool) -> str:
    a = value_surfaces.QUICK if quick else value_surfaces.FULL
    b = gradient_depth.QUICK if quick else gradient_depth.FULL
    return cleandoc(f"""
        - Value surfaces: the generator is held fixed at the real data plus unit-variance Gaussian noise; data
          at the scale of the authors' script (about unit variance).
        - Critic: MLP of 3 hidden ReLU layers of {a.width}, He initialisation, no normalisation; {a.steps}
          critic steps of batch {a.batch}, the last third with a tenth of the learning rate. Clipping:
          c = 0.01, RMSprop 5e-5. Penalty: two-sided, lambda = 10, Adam 3e-3 with betas 0.5 and 0.99.
        - Exact optimum: a Kantorovich potential between {a.judged} samples of each distribution. The share of
          W1 is a critic's estimate over its steepest slope and the exact W1; the correlation is over the
          samples.
        - Depth: generator and critic are MLPs of 12 hidden ReLU layers of {b.width} on the Swiss roll, He
          initialisation, no normalisation; {b.iterations} generator updates with 5 critic steps each, batch
          {b.batch}. Clipping: RMSprop 5e-5. Penalty: lambda = 10, Adam 1e-4 with betas 0.5 and 0.9. Gradient
          norms are geometric means of 5 measurements over the second half of training.
    """)


def _draw_surfaces(found: list[Surface]) -> Figure:
    toys = [s.optimum for s in found if s.control == "weight-clipping"]
    figure = new_figure(6.6, 7.0)
    grid = figure.subplots(3, len(toys), sharex=True, sharey=True)
    for surface in found:
        column = [o.toy for o in toys].index(surface.optimum.toy)
        row = list(CONTROLS).index(surface.control)
        _contours(grid[row, column], surface, surface.values)
        note = f"{surface.recovered:.0%} of W1, correlation {surface.likeness:.2f}"
        grid[row, column].set_xlabel(note, fontsize=7)
        ticks = surface.ticks
        exact = surface.optimum.potential(plane(ticks)).reshape(len(ticks), len(ticks))
        if row == 0:
            grid[0, column].set_title(surface.optimum.toy.title, fontsize=9)
            _contours(grid[2, column], surface, exact)
    for row, title in enumerate(("weight clipping", "gradient penalty", "exact optimum")):
        grid[row, 0].set_ylabel(title, fontsize=9)
    return figure


def _contours(axes: Axes, surface: Surface, values: NDArray[np.float64]) -> None:
    ticks, points = surface.ticks, surface.optimum.potential.real[:600]
    axes.contourf(ticks, ticks, values, 18, cmap="viridis", alpha=0.35)
    axes.contour(ticks, ticks, values, 18, cmap="viridis", linewidths=0.8)
    axes.plot(points[:, 0], points[:, 1], ".", color=RED, markersize=2, markeredgewidth=0)
    axes.set_xlim(-EXTENT, EXTENT)
    axes.set_ylim(-EXTENT, EXTENT)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])


def _draw_depths(found: list[Depth], seed: int) -> Figure:
    figure = new_figure(7.4, 3.2)
    grid = figure.add_gridspec(2, 2, width_ratios=[1.25, 1])
    _draw_norms(figure.add_subplot(grid[:, 0]), found, seed)
    upper, lower = (figure.add_subplot(grid[row, 1]) for row in range(2))
    for axes, clip in ((upper, SHOWN), (lower, PENALTY)):
        depth = next(d for d in found if d.clip == clip and d.seed == seed)
        axes.hist(depth.weights, bins=61, color=COLOURS[clip])
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.7)
        tidy(axes, f"{depth.title}: {depth.stuck:.0%} at the bounds" if clip else depth.title, y="weights")
    upper.set_xticks([-SHOWN, 0, SHOWN])
    return figure


def _draw_norms(axes: Axes, found: list[Depth], seed: int) -> None:
    layers = np.arange(1, len(found[0].norms))
    for depth in found:
        axes.semilogy(
            layers,
            depth.norms[1:],
            marker="o",
            markersize=3,
            linewidth=1.3 if depth.seed == seed else 0.5,
            color=COLOURS[depth.clip],
            label=depth.title if depth.seed == seed else None,
        )
    axes.axhline(1, color=GREY, linewidth=0.5, linestyle=":")
    axes.set_xlim(layers[-1] + 0.5, layers[0] - 0.5)
    axes.set_xticks(layers[::-1])
    axes.legend(fontsize=7, frameon=False)
    tidy(
        axes, "gradient norm through the critic", "critic's hidden layer (data on the right)", "gradient norm"
    )
