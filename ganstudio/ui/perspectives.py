"""Saved arrangements of the docks: what a person sees who learns, who inspects, and who shows to a room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Perspective:
    """Where panels lie and how they share the room; a panel that is not named lies in its own area.

    Widths are in percent of what the form leaves, heights in percent of what the bottom leaves.
    """

    name: str
    title: str
    tip: str
    shortcut: str
    areas: Mapping[str, str] = field(default_factory=dict)  # by the panel's name
    hidden_areas: frozenset[str] = frozenset()  # nothing is shown there; "form" is one
    front: tuple[str, ...] = ()  # panels that lie in front of their tabs
    in_columns: bool = False  # "right-bottom" is a column of its own
    centre_width: int = 47
    top_height: int = 52
    bottom_height: int = 160  # pixels


PERSPECTIVES = {
    perspective.name: perspective
    for perspective in (
        Perspective(
            "learn",
            "Learn",
            "Settings, samples, losses and the gradient inspector, with the rest in tabs",
            "Ctrl+Alt+1",
            front=("samples", "losses", "gradient_norms"),
        ),
        Perspective(
            "inspect",
            "Inspect",
            "No settings; much room for the gradient inspector and the critic",
            "Ctrl+Alt+2",
            areas={
                "gradient_norms": "right-top",
                "algorithm": "right-top",
                "losses": "right-bottom",
                "metrics": "right-bottom",
            },
            hidden_areas=frozenset({"form"}),
            front=("gradient_norms", "surface", "losses"),
            centre_width=45,
            top_height=54,
            bottom_height=120,
        ),
        Perspective(
            "wide",
            "Wide",
            "Three columns without settings, for a wide screen or a room",
            "Ctrl+Alt+3",
            hidden_areas=frozenset({"form", "bottom"}),
            front=("samples", "losses", "gradient_norms"),
            in_columns=True,
            centre_width=36,
        ),
    )
}
