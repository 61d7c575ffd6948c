"""A bar says as much as it is wide enough for."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from ganstudio.ui.telling_bar import MARGIN, TellingBar

FORMS = ("731 of 2,500 iterations, 1 min 07 s left", "731 of 2,500, 1 min 07 s left", "731 of 2,500")


def test_the_longest_form_that_fits_is_shown_and_the_longest_of_all_in_the_tip(qtbot: QtBot) -> None:
    bar = TellingBar(maximum=10, value=3)
    qtbot.addWidget(bar)
    bar.say(*FORMS)
    bar.show()
    for at, form in enumerate(FORMS):
        fits = bar.fontMetrics().horizontalAdvance(form) + 2 * MARGIN
        bar.resize(fits, 28)
        assert bar.text() == form
        bar.resize(fits - 1, 28)
        assert bar.text() == FORMS[min(at + 1, 2)]
    assert bar.toolTip() == FORMS[0]
