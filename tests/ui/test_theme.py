from dataclasses import asdict

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui import theme

CURVES = ("critic", "generator", "wasserstein", "penalty", "total", "target", "real", "generated")
TEXTS = ("foreground", "muted", "error", "good", "accent")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_curves_stand_out(dark: bool) -> None:
    colours = asdict(theme.colours(dark))
    for name in TEXTS:
        assert contrast(colours[name], colours["background"]) >= 4.5, name
        assert contrast(colours[name], colours["surface"]) >= 4.5, name
    for name in CURVES:
        assert contrast(colours[name], colours["background"]) >= 3, name
    assert contrast(colours["on_accent"], colours["accent"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_widgets_can_be_read(dark: bool) -> None:
    palette = theme.palette(dark)
    role = QPalette.ColorRole
    for text, ground in (
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button),
        (role.ToolTipText, role.ToolTipBase),
        (role.HighlightedText, role.Highlight),
        (role.PlaceholderText, role.Base),
    ):
        assert contrast(palette.color(text).name(), palette.color(ground).name()) >= 4.5, text


@pytest.mark.parametrize("dark", [False, True])
def test_curves_of_one_plot_differ_for_the_colour_blind(dark: bool) -> None:
    """Without the red-green axis (deuteranopia, Viénot 1999) any two curves still differ clearly."""
    colours = asdict(theme.colours(dark))
    seen = {}
    for name in ("critic", "generator", "wasserstein", "penalty"):
        c = QColor(colours[name])
        red, green, blue = (v**2.2 for v in (c.redF(), c.greenF(), c.blueF()))
        yellow = 0.29275 * red + 0.70725 * green
        seen[name] = (
            100 * yellow ** (1 / 2.2),
            100 * max(0.0, -0.02234 * red + 0.02234 * green + blue) ** (1 / 2.2),
        )
    names = list(seen)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
            assert distance > 12, (one, other, distance)


def test_the_application_takes_the_palette_of_a_theme(qapp: QApplication) -> None:
    theme.apply(qapp, True)
    assert qapp.palette().window().color() == theme.palette(True).window().color()
    theme.apply(qapp, False)
    assert qapp.palette().window().color() == theme.palette(False).window().color()


def test_a_window_and_its_dialogs_take_the_style_sheet_of_a_theme(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, False)
    window = QWidget()
    qtbot.addWidget(window)
    dialog = QDialog(window)
    words = QLabel("wrong", dialog)
    words.setProperty("role", "error")
    for dark, colours in ((True, theme.DARK), (False, theme.LIGHT)):
        theme.dress(window, dark)
        assert "${" not in window.styleSheet()
        words.ensurePolished()
        assert words.palette().windowText().color().name() == colours.error


@pytest.mark.parametrize(("choice", "dark"), [("light", False), ("dark", True)])
def test_the_persons_choice_counts(qapp: QApplication, choice: str, dark: bool) -> None:
    assert theme.prefers_dark(choice) is dark
    assert theme.prefers_dark("system") is theme.is_system_dark()
