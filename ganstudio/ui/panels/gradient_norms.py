"""How steep the critic is: the inspector of the gradient penalty, with a view for each question."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ganstudio.engine.events import Event, GradientNorms, Measured, Started
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.inspector.curves_view import CurvesView
from ganstudio.ui.inspector.depth_view import DepthView
from ganstudio.ui.inspector.distribution import DistributionView
from ganstudio.ui.inspector.eps_view import EpsView
from ganstudio.ui.inspector.heat_view import HeatView
from ganstudio.ui.inspector.view import View
from ganstudio.ui.inspector.weights_view import WeightsView
from ganstudio.ui.panel import Panel

VIEWS: tuple[type[View], ...] = (DistributionView, HeatView, EpsView, DepthView, WeightsView, CurvesView)
NOTHING = Moment(0, None, None, {}, None)
CLOSE = 3  # px between the buttons of the views: all are in one row of a window of 1280 px


class GradientNormsPanel(Panel):
    """The histogram of ||grad D(x^)||_2; buttons choose its history and what else tells of the slope."""

    name = "gradient_norms"
    title = "Gradient inspector"
    area = "right-bottom"
    export_kinds = ("png", "svg", "csv")
    empty_text = DistributionView.empty_text
    explanation = "".join(view.explanation for view in VIEWS)

    view_chosen = Signal(str)  # its name

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = NOTHING
        self._past: Moment | None = None
        self._is_new = False
        self.views = [view() for view in VIEWS]
        self._pages = QStackedWidget()
        self._buttons = QButtonGroup(self)
        self.controls.setSpacing(CLOSE)
        for at, view in enumerate(self.views):
            self._pages.addWidget(view)
            self._buttons.addButton(self._button(view), at)
            view.changed.connect(self._on_changed)
            view.time_chosen.connect(self.time_chosen)
        for view in self.views:
            self.controls.addWidget(view.row)
            view.row.setVisible(view is self.view)
        self._buttons.button(0).setChecked(True)
        self._buttons.idClicked.connect(self._on_button)
        self._when = QLabel()
        self._when.setObjectName("gradient_norms:when")
        self._when.hide()
        self.controls.addWidget(self._when)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.recolour()

    def _button(self, view: View) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"gradient_norms:choose:{view.name}")
        button.setText(view.title)
        button.setToolTip(view.tip)
        button.setAccessibleName(view.tip)
        button.setProperty("role", "segment")
        button.setCheckable(True)
        button.setAutoRaise(True)
        self.controls.addWidget(button)
        return button

    # Panel.

    def reset(self, experiment: Experiment) -> None:
        """Forget what was seen."""
        super().reset(experiment)
        self._live, self._past, self._is_new = NOTHING, None, False
        self._when.hide()
        for view in self.views:
            view.reset(experiment)

    def handle(self, event: Event) -> None:
        """Keep the newest of everything, and let the views of a history keep more."""
        for view in self.views:
            self._is_new |= view.handle(event)
        if isinstance(event, GradientNorms):
            self._live = replace(self._live, iteration=event.iteration, norms=event)
        elif isinstance(event, Measured):
            measured = {**self._live.measured, event.probe: event}
            self._live = replace(self._live, iteration=event.iteration, measured=measured)
        elif not isinstance(event, Started):
            return
        self._is_new = True

    def refresh(self) -> None:
        """Draw the chosen view."""
        if self._is_new and self._has_something:
            self._is_new = False
            self.show_content()
            self.view.draw(self.seen)
            self.tell(self.summary())

    def show_moment(self, moment: Moment | None) -> None:
        """Show what was seen at a moment, or the newest again."""
        self._past, self._is_new = moment, True
        self._when.setVisible(moment is not None)
        if moment is not None:
            self._when.setText(f"Iteration {moment.iteration:,}")
        for view in self.views:
            view.mark_time(None if moment is None else moment.iteration)

    def recolour(self) -> None:
        """Take the theme's colours."""
        for view in self.views:
            view.recolour(self.colours)
        self._when.setStyleSheet(f"color: {self.colours.accent}; font-weight: 600;")
        self._is_new = True
        self.refresh()

    def summary(self) -> str:
        """Say what the chosen view shows."""
        return self.view.summary()

    def explained(self) -> str:
        """Return the explanation of the chosen view."""
        return self.view.explanation

    def table(self) -> Table:
        """Return the numbers of the chosen view."""
        return self.view.table()

    def exported(self, kind: str) -> bytes:
        """Return the file's content."""
        return self.view.svg() if kind == "svg" else super().exported(kind)

    # Which view.

    @property
    def view(self) -> View:
        """The view that is shown."""
        return self.views[self._pages.currentIndex()]

    @property
    def seen(self) -> Moment:
        """What the views draw: a moment of the past, or the newest of everything."""
        return self._live if self._past is None else self._past

    @property
    def _has_something(self) -> bool:
        return self.seen.norms is not None or bool(self.seen.measured)

    def choose(self, name: str) -> None:
        """Show a view by its name."""
        at = next(i for i, view in enumerate(self.views) if view.name == name)
        self._buttons.button(at).setChecked(True)
        self._on_button(at)

    def _on_button(self, at: int) -> None:
        is_other = at != self._pages.currentIndex()
        self._pages.setCurrentIndex(at)
        for view in self.views:
            view.row.setVisible(view is self.view)
        self._on_changed()
        if is_other:
            self.view_chosen.emit(self.view.name)

    def _on_changed(self) -> None:
        self._is_new = True
        self.refresh()
