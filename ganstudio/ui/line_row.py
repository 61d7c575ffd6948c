"""One line of the algorithm in the panel that shows it, and what its stage found."""

from __future__ import annotations

from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from ganstudio.engine.events import STAGES, StageReached
from ganstudio.experiment.algorithm import Line
from ganstudio.experiment.formula import rich


class LineRow(QFrame):
    """One line of the algorithm, with what its stage found."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.setObjectName(f"algorithm:{line.network}:{line.stage}")
        self.line = line
        self.is_lit = False
        self._colours = ("", "", "")
        self.text, self.found = QLabel(), QLabel()
        for label in (self.text, self.found):
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setWordWrap(True)
        self.found.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 4, 2)
        column.setSpacing(0)
        column.addWidget(self.text)
        column.addWidget(self.found)
        self.setToolTip(STAGES[line.stage])
        self.write(line)

    def write(self, line: Line) -> None:
        """Show a line of the same stage."""
        self.line = line
        self.text.setText(rich(line.text))
        self.setAccessibleName(line.text)

    def light(self, lit: bool, found: str) -> None:  # noqa: FBT001 - one state of two
        """Mark the line, or take the mark away, and say what its stage found last."""
        self.found.setText(escape(found))
        self.found.setVisible(bool(found))
        if lit != self.is_lit:
            self.is_lit = lit
            self.setAccessibleDescription("reached now" if lit else "")
            self.tint(*self._colours)

    def tint(self, accent: str, muted: str, ground: str) -> None:
        """Take the theme's colours."""
        self._colours = (accent, muted, ground)
        bar, fill = (accent, ground) if self.is_lit else ("transparent", "transparent")
        self.setStyleSheet(f"LineRow {{ border: none; border-left: 3px solid {bar}; background: {fill}; }}")
        self.found.setStyleSheet(f"color: {accent if self.is_lit else muted};")


def found_words(stage: StageReached) -> str:
    """What a stage found, in a few words."""
    values = stage.values

    def scalar(name: str) -> str:
        return f"{float(values[name]):.4g}"

    match stage.stage:
        case "score_real" | "score_fake" if "mean" in values:
            return f"mean score {scalar('mean')}"
        case "objective" | "backward" if "gradient_norm" in values:
            return f"gradient norm {scalar('gradient_norm')}"
        case "objective" if "loss" in values:
            return f"= {scalar('loss')}"
        case "penalty" if {"penalty", "norms"} <= set(values):
            return f"penalty {scalar('penalty')}, mean norm {float(np.mean(values['norms'])):.4g}"
        case _:
            return ""
