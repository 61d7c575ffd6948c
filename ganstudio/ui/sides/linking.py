"""Panels of two sides that show the same part of their axes, and the same kind of view."""

from __future__ import annotations

from typing import cast

from ganstudio.ui.inspector.distribution import DistributionView
from ganstudio.ui.panels.gradient_norms import GradientNormsPanel
from ganstudio.ui.panels.losses import LossesPanel
from ganstudio.ui.panels.surface import SurfacePanel
from ganstudio.ui.plots.legend import Legend
from ganstudio.ui.plots.view_controls import ViewControls
from ganstudio.ui.sides.side import Side


def link(one: Side, other: Side) -> None:
    """Link losses, gradient norms and critic surface of two sides."""
    _link_losses(one.losses, other.losses)
    _link_norms(one.norms, other.norms)
    for first, second in ((one.surface, other.surface), (other.surface, one.surface)):
        _follow_surface(first, second)


def _link_losses(one: LossesPanel, other: LossesPanel) -> None:
    one.above.link(other.above)
    one.below.link(other.below)
    for first, second in ((one, other), (other, one)):
        _follow_view(first.view, second.view)
        _follow_legend(first.legend, second.legend)


def _follow_view(leader: ViewControls, follower: ViewControls) -> None:
    leader.follow.toggled.connect(follower.follow.setChecked)
    leader.x.currentIndexChanged.connect(follower.x.setCurrentIndex)
    leader.y.currentIndexChanged.connect(follower.y.setCurrentIndex)
    leader.slider.valueChanged.connect(follower.slider.setValue)


def _follow_legend(leader: Legend, follower: Legend) -> None:
    leader.toggled.connect(lambda name: follower.show_as_in(leader, name))


def _link_norms(one: GradientNormsPanel, other: GradientNormsPanel) -> None:
    views = [cast(DistributionView, panel.views[0]) for panel in (one, other)]
    views[0].link(views[1])
    for first, second in ((one, other), (other, one)):
        first.view_chosen.connect(second.choose)
    for place, box in views[0].boxes.items():
        box.toggled.connect(views[1].boxes[place].setChecked)
        views[1].boxes[place].toggled.connect(box.setChecked)


def _follow_surface(leader: SurfacePanel, follower: SurfacePanel) -> None:
    leader.kind.currentIndexChanged.connect(follower.kind.setCurrentIndex)
    for name, switch in leader.switches.items():
        switch.toggled.connect(follower.switches[name].setChecked)
