"""How the window looks: Qt's Fusion style with an explicit light and a dark palette, and the colours of the plots.

The colours of curves follow Okabe and Ito's set ("Color universal design", 2008), so they can be told apart by people with any
kind of colour vision; the dark theme lightens them until they stand out from the background.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True)
class Colours:
    """Colours of plots and of hand-drawn widgets, each as ``#rrggbb``."""

    critic: str
    generator: str
    wasserstein: str
    penalty: str
    total: str
    target: str  # the norm that a penalty pulls towards, reference levels
    real: str
    generated: str
    foreground: str  # text and axes
    background: str  # of plots
    muted: str  # grid lines, hints, secondary text
    accent: str  # what wants to be clicked
    surface: str  # cards and raised areas
    border: str
    error: str
    good: str


LIGHT = Colours(
    critic="#0072b2",
    generator="#d55e00",
    wasserstein="#00815e",
    penalty="#b4508a",
    total="#a87900",
    target="#b3261e",
    real="#0072b2",
    generated="#d55e00",
    foreground="#1d2129",
    background="#ffffff",
    muted="#667085",
    accent="#2f5fd0",
    surface="#ffffff",
    border="#d5d9e2",
    error="#b3261e",
    good="#00734f",
)
DARK = Colours(
    critic="#56b4e9",
    generator="#f2914f",
    wasserstein="#2cc295",
    penalty="#e39ac4",
    total="#f0d05a",
    target="#ff8a80",
    real="#56b4e9",
    generated="#f2914f",
    foreground="#e4e7ee",
    background="#1b1e25",
    muted="#98a1b3",
    accent="#7aa2ff",
    surface="#262a33",
    border="#3a404d",
    error="#ff9b92",
    good="#4fd1a5",
)


def colours(dark: bool) -> Colours:  # noqa: FBT001 - the one question of a theme
    """The colours of plots in the dark or the light theme."""
    return DARK if dark else LIGHT


def palette(dark: bool) -> QPalette:  # noqa: FBT001 - the one question of a theme
    """The palette of all widgets in the dark or the light theme."""
    c = colours(dark)
    window = "#20242c" if dark else "#f3f4f7"
    disabled = "#667083" if dark else "#98a1b3"
    roles = {
        QPalette.ColorRole.Window: window,
        QPalette.ColorRole.WindowText: c.foreground,
        QPalette.ColorRole.Base: c.background,
        QPalette.ColorRole.AlternateBase: c.surface if dark else "#f7f8fa",
        QPalette.ColorRole.Text: c.foreground,
        QPalette.ColorRole.PlaceholderText: c.muted,
        QPalette.ColorRole.Button: "#2d323c" if dark else "#fbfbfd",
        QPalette.ColorRole.ButtonText: c.foreground,
        QPalette.ColorRole.BrightText: "#ffffff",
        QPalette.ColorRole.ToolTipBase: "#333945" if dark else "#ffffff",
        QPalette.ColorRole.ToolTipText: c.foreground,
        QPalette.ColorRole.Highlight: "#3d63b8" if dark else c.accent,
        QPalette.ColorRole.HighlightedText: "#ffffff",
        QPalette.ColorRole.Accent: c.accent,
        QPalette.ColorRole.Link: c.accent,
        QPalette.ColorRole.LinkVisited: c.penalty,
        QPalette.ColorRole.Light: "#3a404d" if dark else "#ffffff",
        QPalette.ColorRole.Midlight: "#333945" if dark else "#eceef3",
        QPalette.ColorRole.Mid: "#2a2f38" if dark else "#c9ced8",
        QPalette.ColorRole.Dark: "#14161b" if dark else "#a6adbb",
        QPalette.ColorRole.Shadow: "#0c0d10" if dark else "#7a8294",
    }
    made = QPalette()
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(disabled))
    made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(c.border))
    return made


def is_system_dark() -> bool:
    """Whether the person's desktop asks for dark windows; False where it does not say."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def apply(app: QApplication, dark: bool) -> None:  # noqa: FBT001 - the one question of a theme
    """Give the whole application the dark or the light theme."""
    app.setStyle("Fusion")
    app.setPalette(palette(dark))
    app.setStyleSheet(_style_sheet(colours(dark), dark=dark))


def _style_sheet(c: Colours, *, dark: bool) -> str:
    hover = "#343a46" if dark else "#e7ebf4"
    tab = "#262a33" if dark else "#e9ebf0"
    return f"""
QToolTip {{ border: 1px solid {c.border}; padding: 4px 6px; color: {c.foreground}; background: {"#333945" if dark else "#ffffff"}; }}
QToolBar#toolbar {{ border: none; border-bottom: 1px solid {c.border}; padding: 5px 8px; spacing: 6px; }}
QToolBar#toolbar QToolButton {{ padding: 5px 10px; border-radius: 6px; border: 1px solid transparent; }}
QToolBar#toolbar QToolButton:hover:enabled {{ background: {hover}; }}
QToolBar#toolbar QToolButton:pressed, QToolBar#toolbar QToolButton:checked {{ background: {hover}; border-color: {c.border}; }}
QToolBar#toolbar QToolButton#train:enabled {{ background: {c.accent}; color: {"#10131a" if dark else "#ffffff"}; }}
QToolBar#toolbar QToolButton#train:hover:enabled {{ border-color: {c.foreground}; }}
QToolBar#toolbar QToolButton::menu-indicator {{ image: none; }}
QStatusBar {{ border-top: 1px solid {c.border}; }}
QStatusBar::item {{ border: none; }}
QMainWindow::separator {{ width: 6px; height: 6px; background: transparent; }}
QMainWindow::separator:hover {{ background: {c.border}; }}
QDockWidget {{ font-weight: 600; color: {c.foreground}; }}
QDockWidget::title {{ padding: 6px 10px; background: {tab}; border-top-left-radius: 6px; border-top-right-radius: 6px; }}
QProgressBar {{ border: 1px solid {c.border}; border-radius: 6px; text-align: center; background: {c.background}; }}
QProgressBar::chunk {{ background: {"#3d63b8" if dark else "#a9c1f5"}; border-radius: 5px; }}
QFrame#card {{ background: {c.surface}; border: 1px solid {c.border}; border-radius: 10px; }}
QFrame#card:hover, QFrame#card:focus {{ border: 1px solid {c.accent}; }}
QPushButton#train {{
    background: {c.accent}; color: {"#10131a" if dark else "#ffffff"}; border: none; border-radius: 6px;
    padding: 7px 18px; font-weight: 600;
}}
QPushButton#train:hover, QPushButton#train:focus {{ border: 1px solid {c.foreground}; padding: 6px 17px; }}
"""
