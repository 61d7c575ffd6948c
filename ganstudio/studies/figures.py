"""Pictures for paper: matplotlib without pyplot, so that nothing is shared and nothing opens a window.

matplotlib is the optional extra ``figures``; everything that needs it is imported through ``require`` first.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.errors import UserError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 130

# Okabe & Ito's colours, which people with any kind of colour vision tell apart.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#666666",
)  # fmt: skip


def require() -> None:
    """Raise UserError where pictures cannot be drawn."""
    if find_spec("matplotlib") is None:
        raise UserError(
            "The pictures of a study need matplotlib, which is not installed; "
            "pip install 'ganstudio[figures]' adds it."
        )


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of that many inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def tidy(axes: Axes, title: str = "", x: str = "", y: str = "") -> None:
    """The common look: small words, thin frame without top and right."""
    axes.set_title(title, fontsize=9)
    axes.set_xlabel(x, fontsize=8)
    axes.set_ylabel(y, fontsize=8)
    axes.tick_params(labelsize=7, width=0.6, length=2.5)
    for side, spine in axes.spines.items():
        spine.set_linewidth(0.6)
        spine.set_visible(side in ("left", "bottom"))


def save(figure: Figure, path: Path) -> None:
    """Write it as PNG, without a date or a version in it: equal pictures are equal files."""
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
