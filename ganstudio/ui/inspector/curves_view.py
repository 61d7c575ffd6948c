"""Figures that are measured now and then, as curves: the generator's gradient, held-out loss, scores."""

from __future__ import annotations

from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtWidgets import QComboBox

from ganstudio.engine.events import Event
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.inspector.view import View
from ganstudio.ui.plots.chart import Chart
from ganstudio.ui.plots.history import History
from ganstudio.ui.plots.legend import Entry, Legend
from ganstudio.ui.plots.scales import SymLog
from ganstudio.ui.plots.series import Series
from ganstudio.ui.theme import Colours


@dataclass(frozen=True)
class Curve:
    """How one scalar is shown; ``colour`` is a field of Colours."""

    title: str
    colour: str
    help: str


@dataclass(frozen=True)
class Plot:
    """Scalars that belong together."""

    title: str
    log: bool
    curves: dict[str, Curve]


PLOTS = (
    Plot(
        "Generator's gradient",
        log=True,
        curves={
            "generator_gradient_norm": Curve(
                "Generator gradient norm",
                "generator",
                "Norm of the loss's gradient over all of the generator's weights. Near 0 it learns nothing.",
            )
        },
    ),
    Plot(
        "Held-out data",
        log=False,
        curves={
            "negative_critic_loss_training": Curve(
                "On training data",
                "critic",
                "The negative critic loss, E[D(x)] - E[D(G(z))], on training data.",
            ),
            "negative_critic_loss_held_out": Curve(
                "On held-out data", "penalty", "The same on data that the critic never saw."
            ),
        },
    ),
    Plot(
        "Scores",
        log=False,
        curves={
            "critic_real_mean": Curve("Real", "real", "Mean score of real samples."),
            "critic_fake_mean": Curve("Generated", "generated", "Mean score of generated samples."),
        },
    ),
)
SCALARS_SHOWN = tuple(name for plot in PLOTS for name in plot.curves)


class CurvesView(View):
    """One plot of the chosen figures."""

    name = "curves"
    title = "Curves"
    tip = "The generator's gradient norm, the critic on held-out data, and the critic's scores"
    empty_text = "The chosen figures will appear here once they have been measured."
    explanation = (
        "<p><b>Curves.</b> <i>Generator's gradient:</i> the norm of what the generator learns from; when it "
        "falls by decades, learning stops. <i>Held-out data:</i> the negative critic loss on training data "
        "and on data that the critic never saw; curves that part mean that the critic learns the training "
        "data by heart (Gulrajani et al. 2017, section 5.3). <i>Scores:</i> the critic's mean score of real "
        "and of generated samples.</p>"
    )

    def __init__(self) -> None:
        super().__init__()
        self.history = History(SCALARS_SHOWN)
        self.choice = QComboBox()
        self.choice.setObjectName("gradient_norms:curves")
        self.choice.setAccessibleName("Figures to plot")
        self.choice.setToolTip("Which figures are plotted")
        self.choice.addItems([plot.title for plot in PLOTS])
        self.choice.currentIndexChanged.connect(self._on_choice)
        self.legend = Legend("gradient_norms:curves:legend")
        self.legend.toggled.connect(self.changed)
        self.controls.addWidget(self.choice)
        self._column.insertWidget(1, self.legend)
        self._column.addStretch(0)
        self.chart = Chart(self, self.colours)
        self.canvas.addItem(self.chart.item)
        self.chart.item.setMouseEnabled(x=False, y=False)
        self.chart.name_x("iteration")
        self.chart.scrubbed.connect(self._on_scrubbed)
        self.recolour(self.colours)

    @property
    def chosen(self) -> Plot:
        """What is plotted."""
        return PLOTS[self.choice.currentIndex()]

    def reset(self, experiment: Experiment) -> None:
        """Forget the curves."""
        super().reset(experiment)
        self.history = History(SCALARS_SHOWN)
        self.chart.clear()

    def handle(self, event: Event) -> bool:
        """Remember the scalars and what a person did."""
        return self.history.handle(event)

    def plots(self) -> tuple[pg.PlotItem, ...]:
        """The plot."""
        return (self.chart.item,)

    def recolour(self, theme: Colours) -> None:
        """Take the theme's colours."""
        super().recolour(theme)
        self.chart.recolour(theme)

    def draw(self, seen: Moment) -> None:
        """Draw the chosen figures."""
        del seen
        series = {n: self._series(n) for n in self.chosen.curves}
        present = {n: s for n, s in series.items() if s is not None and len(s)}
        if not present:
            self.chart.clear()
            self.legend.show_entries([])
            self.canvas.hide()
            self.show_plot(f"{self.chosen.title}: will be drawn here once it has been measured.")
            return
        self.canvas.show()
        curves = self.chosen.curves
        self.legend.show_entries(
            [
                Entry(n, curves[n].title, getattr(self.colours, curves[n].colour), curves[n].help)
                for n in present
            ]
        )
        first = next(iter(present.values()))
        if not self.chosen.log:
            self.chart.set_scale(None)
        elif self.chart.axis.values is None:
            self.chart.set_scale(SymLog.fitting(first.raw.values))
        self.chart.show_x(0.0, max(float(s.iterations.values[-1]) for s in present.values()))
        for name, one in present.items():
            if self.legend.is_on(name):
                self.chart.draw(
                    name,
                    getattr(self.colours, curves[name].colour),
                    one.iterations.values,
                    one.raw,
                    None,
                )
            else:
                self.chart.erase(name)
            self.legend.set_value(name, f"{one.raw.values[-1]:.3g}")
        self.chart.set_marks([(float(h.iteration), h.words) for h in self.history.happenings])
        self.chart.fit_y()
        values = ", ".join(f"{curves[n].title.lower()} {s.raw.values[-1]:.3g}" for n, s in present.items())
        self.show_plot(f"{self.chosen.title} at iteration {int(first.iterations.values[-1]):,}: {values}.")

    def mark_time(self, iteration: int | None) -> None:
        """Mark the moment that the person looks back to."""
        self.chart.moment.show_at(iteration)

    def table(self) -> Table:
        """Return the chosen figures by iteration."""
        columns: list[tuple[str, list[object]]] = []
        for name in self.chosen.curves:
            if (series := self._series(name)) is not None and len(series):
                columns += [
                    (f"{name}_iteration", series.iterations.values.tolist()),
                    (name, series.raw.values.tolist()),
                ]
        return columns

    def _series(self, name: str) -> Series | None:
        return self.history.series.get(name)

    def _on_choice(self) -> None:
        self.chart.clear()
        self.changed.emit()

    def _on_scrubbed(self, x: float) -> None:
        """Follow the pointer at once; the panels follow when the moment is read."""
        wish = int(min(max(0.0, x), float(self.history.iteration)))
        self.mark_time(wish)
        self.time_chosen.emit(wish)
