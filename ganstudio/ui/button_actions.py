"""Actions of a panel that have a key in its list and a button in its bar."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLayout, QToolButton, QWidget


def add_action(owner: QWidget, bar: QLayout, name: str, words: str, key: str, tip: str) -> QAction:
    """Add the action ``panel:part``; its key works while ``owner`` has the focus."""
    action = QAction(words, owner)
    action.setObjectName(name)
    action.setShortcut(QKeySequence(key))
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.setToolTip(f"{tip} ({'Enter' if key == 'Return' else key})")
    owner.addAction(action)
    button = QToolButton()
    button.setDefaultAction(action)
    button.setObjectName(f"{name}:button")
    button.setAccessibleName(tip)
    bar.addWidget(button)
    return action
