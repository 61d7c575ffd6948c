import pytest
from panel_events import bowl, evaluated, experiment, norms, samples, started, wgan_gp
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QToolButton

from ganstudio.engine.events import Finished
from ganstudio.errors import UserError
from ganstudio.ui.panels import PANELS
from ganstudio.ui.panels.gradient_norms import GradientNormsPanel


@pytest.fixture(params=PANELS, ids=lambda kind: kind.name)
def panel(request, show_in_frame):
    made = request.param()
    show_in_frame(made, 400, 300)
    made.reset(experiment())
    return made


def fill(panel):
    for event in (
        started(),
        wgan_gp(1, 20),
        norms(20, [0.9, 1.1]),
        samples(20),
        bowl(20),
        evaluated(20),
        Finished(20, "finished"),
    ):
        panel.handle(event)
    panel.refresh()


def test_names_are_unique_and_places_known():
    assert len({kind.name for kind in PANELS}) == len(PANELS)
    assert {kind.area for kind in PANELS} <= {"centre", "right-top", "right-bottom", "bottom"}


def test_every_panel_takes_every_event_and_says_what_it_shows(panel):
    fill(panel)
    # These show what lies on the disk, or what is wrong.
    if panel.name not in {"problems", "diagnosis", "latents", "checkpoints", "notes", "runs", "data"}:
        assert not panel.is_empty
        assert panel.summary()
        assert panel.content.accessibleDescription() == panel.summary()


def test_every_panel_can_be_made_small(panel):
    assert panel.minimumSizeHint().width() <= 330
    assert panel.minimumSizeHint().height() <= 160


def test_every_panel_changes_its_theme_when_empty_and_when_filled(panel):
    panel.set_dark(True)
    fill(panel)
    panel.set_dark(False)
    panel.set_dark(True)
    assert panel.colours.background == "#1b1e25"


def test_every_button_has_words_for_screen_readers(panel):
    for button in panel.findChildren(QToolButton):
        assert button.accessibleName() or button.text(), button.objectName()


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: raise, grab the keyboard
def test_the_explanation_opens_and_closes(panel, qtbot):
    popover = panel.explain()
    assert popover.isVisible()
    label = popover.findChild(QLabel, "explanation")
    assert panel.title in label.text()
    assert len(panel.explanation) > 100
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not panel.findChildren(type(popover)))


def test_every_kind_of_export_writes_a_file(panel, tmp_path):
    fill(panel)
    for kind in panel.export_kinds:
        path = tmp_path / f"{panel.name}.{kind}"
        panel.export(path)
        assert path.stat().st_size > 10
        assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
        if kind == "png":
            assert QImage(str(path)).width() >= 300


def make_filled(show_in_frame):
    panel = GradientNormsPanel()
    show_in_frame(panel, 400, 300)
    panel.reset(experiment())
    fill(panel)
    return panel


def test_an_unknown_ending_is_refused(qtbot, show_in_frame, tmp_path):
    panel = make_filled(show_in_frame)
    with pytest.raises(UserError, match=r"must end in \.png or \.svg or \.csv"):
        panel.export(tmp_path / "norms.gif")


def test_a_failed_export_is_told_in_the_panel_and_leaves_nothing(qtbot, show_in_frame, tmp_path):
    panel = make_filled(show_in_frame)
    missing = tmp_path / "nowhere" / "norms.csv"
    with qtbot.waitSignal(panel.export_failed):
        panel.try_export(missing)
    assert panel._notice.isVisible()
    assert "could not be written" in panel._notice.text()
    panel.try_export(tmp_path / "norms.csv")
    assert not panel._notice.isVisible()
    assert (tmp_path / "norms.csv").read_text().splitlines()[0] == "gradient_norm"


def test_the_menu_asks_for_a_name_and_adds_the_ending(qtbot, show_in_frame, tmp_path, monkeypatch):
    panel = make_filled(show_in_frame)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    action = next(a for a in panel._export.menu().actions() if a.data() == "csv")
    action.trigger()
    assert (tmp_path / "out.csv").is_file()


def test_export_is_off_while_there_is_nothing(qtbot):
    panel = GradientNormsPanel()
    qtbot.addWidget(panel)
    panel.reset(experiment())
    assert not panel._export.isEnabled()
