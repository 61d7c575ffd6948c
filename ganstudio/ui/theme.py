"""How the window looks: Qt's Fusion style with an explicit light and a dark palette, and plot colours.

The colours of curves follow Okabe and Ito's set ("Color universal design", 2008), so that people with any
kind of colour vision can tell them apart; the dark theme lightens them until they stand out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ganstudio.paths import resource

APPLIED = "ganstudio-dark"  # property of the application: the theme that it has


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
    on_accent: str  # text on it
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
    on_accent="#ffffff",
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
    on_accent="#10131a",
    surface="#262a33",
    border="#3a404d",
    error="#ff9b92",
    good="#4fd1a5",
)


def colours(dark: bool) -> Colours:  # noqa: FBT001 - the one question of a theme
    """Return the colours of plots in the dark or the light theme."""
    return DARK if dark else LIGHT


def palette(dark: bool) -> QPalette:  # noqa: FBT001 - the one question of a theme
    """Return the palette of all widgets in the dark or the light theme."""
    c = colours(dark)
    roles = {
        QPalette.ColorRole.Window: "#20242c" if dark else "#f3f4f7",
        QPalette.ColorRole.WindowText: c.foreground,
        QPalette.ColorRole.Base: "#2b303a" if dark else "#ffffff",
        QPalette.ColorRole.AlternateBase: "#303641" if dark else "#f7f8fa",
        QPalette.ColorRole.Text: c.foreground,
        QPalette.ColorRole.PlaceholderText: c.muted,
        QPalette.ColorRole.Button: "#343a46" if dark else "#fbfbfd",
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
    faded = ("WindowText", "Text", "ButtonText", "HighlightedText")
    for role in (QPalette.ColorRole[name] for name in faded):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor("#667083" if dark else "#98a1b3"))
    made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(c.border))
    return made


def is_system_dark() -> bool:
    """Whether the person's desktop asks for dark windows; False where it does not say."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def prefers_dark(choice: str) -> bool:
    """Whether a person who chose "light", "dark" or "system" is to see the dark theme."""
    return is_system_dark() if choice == "system" else choice == "dark"


def apply(app: QApplication, dark: bool) -> None:  # noqa: FBT001 - the one question of a theme
    """Give the application the style and the palette of the dark or the light theme."""
    if app.property(APPLIED) == dark:
        return
    if app.property(APPLIED) is None:
        app.setStyle("Fusion")
    app.setProperty(APPLIED, dark)
    app.setPalette(palette(dark))


def apply_everywhere(dark: bool) -> None:  # noqa: FBT001 - the one question of a theme
    """``apply`` to the application that there is."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        apply(app, dark)


def dress(window: QWidget, dark: bool) -> None:  # noqa: FBT001 - the one question of a theme
    """Give a window, and the dialogs that belong to it, the style sheet of the dark or the light theme.

    The application itself has none: Qt would style every widget anew each time that it gets another parent,
    which is several times for each while a window is put together.
    """
    sheet = _style_sheet(dark=dark)
    if window.styleSheet() != sheet:
        window.setStyleSheet(sheet)


def _style_sheet(*, dark: bool) -> str:
    shades = {
        "tooltip": "#333945" if dark else "#ffffff",
        "hover": "#343a46" if dark else "#e7ebf4",
        "tab": "#2a2f39" if dark else "#e9ebf0",
        "handle": "#4a5160" if dark else "#c3c9d4",
        "chunk": "#3d63b8" if dark else "#b4c8f5",
    }
    name = "dark" if dark else "light"
    pictures = {n: resource("icons", f"dock-{n}-{name}.png").as_posix() for n in ("close", "float")}
    text = resource("style", "studio.qss").read_text(encoding="utf-8")
    return Template(text).substitute(asdict(colours(dark)), **shades, **pictures)
