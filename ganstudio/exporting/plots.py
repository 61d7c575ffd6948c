"""Losses and gradient norms over the course of training: pictures, drawings, and the numbers behind them."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Progress
from ganstudio.engine.events import GradientNorms, Metrics
from ganstudio.experiment.fields import Settings, setting
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import fair_levels, target_norm
from ganstudio.exporting.apart import run_apart
from ganstudio.exporting.kinds import NoOptions
from ganstudio.exporting.scalars import export as write_scalars
from ganstudio.exporting.scalars import write_table
from ganstudio.exporting.source import Source
from ganstudio.studies import figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Scalar -> words and colour, as in the window's panel.
LOSSES = {
    "wasserstein_estimate": ("Wasserstein estimate", figures.GREEN),
    "critic_loss": ("Critic", figures.BLUE),
    "generator_loss": ("Generator", figures.RED),
    "total_loss": ("Total", figures.ORANGE),
}
SLOPES = {
    "gradient_penalty": ("Penalty", figures.PURPLE),
    "gradient_norm_mean": ("Mean gradient norm", figures.GREY),
}
SHARES = (0, 5, 25, 50, 75, 95, 100)  # percentiles of the gradient norms

Floats = NDArray[np.float64]
Table = dict[str, NDArray[Any]]  # columns of one length by name


class Options(Settings):
    """How smooth the curves are."""

    smoothing: float = setting(
        0.9,
        title="Smoothing",
        help="Share of the past in the thick curve's moving average; the thin curve is as measured.",
        ge=0,
        le=0.999,
    )


def export(source: Source, out: Path, options: Options, progress: Progress) -> int:
    """Write losses and, where they were probed, gradient-norms, each as .png, .svg and .csv."""
    scalars, norms = source.scalars(), source.gradient_norms()
    experiment = source.session.experiment
    table = _percentiles(norms) if norms else {}
    out.mkdir()
    # Loading matplotlib would stop the window for a third of a second.
    run_apart(draw, out, scalars, experiment, options.smoothing, table, what="Drawing", progress=progress)
    write_scalars(source, out / "losses.csv", NoOptions(), progress)
    if table:
        write_table(out / "gradient-norms.csv", table, progress)
    return scalars.iteration


def draw(out: Path, scalars: Metrics, experiment: Experiment, smoothing: float, norms: Table) -> None:
    """Draw the losses and, unless the table is empty, percentiles of the gradient norms into a folder."""
    _save(_losses(scalars, experiment, smoothing), out / "losses")
    if norms:
        _save(_norms(norms, target_norm(experiment)), out / "gradient-norms")


def smoothed(values: Floats, weight: float) -> Floats:
    """The exponential moving average, corrected for its start (Kingma & Ba 2015, section 3), (N,)."""
    if not weight:
        return values
    steps = accumulate(values.tolist(), lambda past, value: weight * past + (1 - weight) * value, initial=0.0)
    average = np.fromiter(steps, np.float64)[1:]
    return average / (1 - weight ** np.arange(1, len(values) + 1))


def _losses(scalars: Metrics, experiment: Experiment, smoothing: float) -> Figure:
    shown = [curves for curves in (LOSSES, SLOPES) if any(_has(scalars, name) for name in curves)]
    figure = figures.new_figure(7.0, 1.2 + 2.4 * len(shown))
    rows = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
    for axes, curves in zip(rows, shown, strict=True):
        for name, (title, colour) in curves.items():
            if _has(scalars, name):
                _draw_curve(axes, scalars, name, title, colour, smoothing)
        _draw_levels(axes, experiment, [name for name in curves if _has(scalars, name)])
        figures.tidy(axes, y="loss" if curves is LOSSES else "slope of the critic")
        axes.legend(fontsize=7, frameon=False, ncols=4)
    rows[0].set_title(f"{experiment.name}, iteration {scalars.iteration:,}", fontsize=9)
    rows[-1].set_xlabel("iteration", fontsize=8)
    return figure


def _draw_curve(axes: Axes, scalars: Metrics, name: str, title: str, colour: str, smoothing: float) -> None:
    values = scalars.values[name]
    finite = np.isfinite(values)
    x, y = scalars.iterations[finite], values[finite]
    if smoothing:
        axes.plot(x, y, color=colour, linewidth=0.5, alpha=0.3)
    axes.plot(x, smoothed(y, smoothing), color=colour, linewidth=1.3, label=title)


def _draw_levels(axes: Axes, experiment: Experiment, names: list[str]) -> None:
    """Dashed lines where a fair game, or the penalty's target, would be."""
    levels = {name: value for name, value in fair_levels(experiment).items() if name in names}
    target = target_norm(experiment)
    if target is not None and "gradient_norm_mean" in names:
        levels["gradient_norm_mean"] = target
    for name, value in levels.items():
        colour = (LOSSES | SLOPES)[name][1]
        axes.axhline(value, color=colour, linewidth=0.8, linestyle=(0, (4, 4)))


def _norms(table: Table, target: float | None) -> Figure:
    figure = figures.new_figure(7.0, 3.4)
    axes = figure.subplots()
    x = table["iteration"]
    axes.fill_between(x, table["percentile_5"], table["percentile_95"], color=figures.SKY, alpha=0.25, lw=0)
    axes.fill_between(x, table["percentile_25"], table["percentile_75"], color=figures.SKY, alpha=0.5, lw=0)
    axes.plot(x, table["percentile_50"], color=figures.BLUE, linewidth=1.3, label="median, 50 % and 90 %")
    if target is not None:
        axes.axhline(target, color=figures.RED, linewidth=0.9, linestyle=(0, (4, 4)), label="target")
    figures.tidy(axes, "Gradient norms of the critic", "iteration", "norm")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=7, frameon=False)
    return figure


def _percentiles(norms: list[GradientNorms]) -> Table:
    """Percentiles of the finite norms of each probed batch; NaN where none is finite."""
    rows = []
    for batch in norms:
        finite = batch.norms[np.isfinite(batch.norms)].astype(np.float64)
        rows.append(np.percentile(finite, SHARES) if len(finite) else np.full(len(SHARES), np.nan))
    columns = np.stack(rows, axis=1)
    return {
        "iteration": np.array([batch.iteration for batch in norms]),
        **{f"percentile_{share}": column for share, column in zip(SHARES, columns, strict=True)},
    }


def _has(scalars: Metrics, name: str) -> bool:
    return name in scalars.values and bool(np.isfinite(scalars.values[name]).any())


def _save(figure: Figure, stem: Path) -> None:
    figures.save(figure, stem.with_suffix(".png"))
    figure.savefig(stem.with_suffix(".svg"), metadata={"Date": None})
