"""The form's looks, by the roles that its parts carry."""

from __future__ import annotations

from ganstudio.ui.theme import Colours


def style_sheet(c: Colours) -> str:
    """Return the style sheet of the form in a theme's colours."""
    return f"""
QLabel[role="error"] {{ color: {c.error}; }}
QLabel[role="needed"] {{ color: {c.total}; }}
QLabel[role="note"] {{ color: {c.muted}; font-style: italic; }}
QToolButton[role="dot"] {{ color: {c.accent}; border: none; background: transparent; padding: 0; }}
QToolButton[role="section"] {{
    font-weight: 600; border: none; border-bottom: 1px solid {c.border}; padding: 6px 2px; text-align: left;
}}
QToolButton[role="section"]:hover {{ color: {c.accent}; }}
QToolButton[role="section"]:focus {{ border-bottom: 1px solid {c.accent}; }}
*[wrong="true"] {{ border: 1px solid {c.error}; border-radius: 3px; padding: 2px; }}
"""
