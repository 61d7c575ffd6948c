"""Cards below one another, as many as there are: a panel scrolls through them."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def card_column(content: QWidget) -> QVBoxLayout:
    """Fill ``content`` with a column that scrolls; cards go in before the stretch at its end."""
    inside = QWidget()
    cards = QVBoxLayout(inside)
    cards.setContentsMargins(0, 0, 4, 0)
    cards.setSpacing(6)
    cards.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidget(inside)
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(scroll)
    return cards
