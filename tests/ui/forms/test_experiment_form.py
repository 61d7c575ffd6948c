import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QToolButton

from ganstudio.errors import Issue
from ganstudio.experiment.describe import flatten, rows
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.objectives import OBJECTIVES
from ganstudio.ui.forms.experiment_form import ExperimentForm
from ganstudio.ui.forms.live_slider import LiveSlider


@pytest.fixture
def form(show_in_frame):
    made = ExperimentForm()
    show_in_frame(made, 380, 700)
    made.set_experiment(preset("digits-wgan-gp").experiment)
    return made


def field(form, path):
    return form._rows[path].editor


def type_into(qtbot, form, path, text, key=Qt.Key.Key_Return):
    line = form.findChild(QLineEdit, f"field:{path}")
    line.selectAll()
    qtbot.keyClicks(line, text)
    if key is not None:
        qtbot.keyClick(line, key)


def choose(form, path, name):
    combo = field(form, path)
    combo.setCurrentIndex(combo.findData(name))


def error(form, path):
    return form.findChild(QLabel, f"error:{path}")


def is_shown(form, path):
    return form._rows[path].isVisibleTo(form)


def test_every_setting_reaches_the_form_with_its_value(form):
    experiment = preset("digits-wgan-gp").experiment
    for path, value in flatten(experiment).items():
        assert form._rows[path].value() == value, path
        assert form.findChild(object, f"field:{path}") is not None, path
        assert form._rows[path].label.toolTip(), path
    assert form.experiment() == experiment
    assert {r.path for r in rows()} == set(form._rows)


def test_every_field_has_a_name_for_screen_readers(form):
    for path in form._rows:
        assert form.findChild(object, f"field:{path}").accessibleName(), path


def test_every_preset_is_shown_without_a_complaint(form):
    for name in ("ring-gan", "digits-dcgan", "cifar10-wgan-gp", "ring-wgan"):
        experiment = preset(name).experiment
        form.set_experiment(experiment)
        assert form.experiment() == experiment
        assert form.findChild(QLabel, "form:problems").isHidden()


def test_a_new_choice_reaches_the_combo_by_its_title(qtbot):
    OBJECTIVES.register("fake", title="Fake objective", help="For this test.")
    try:
        made = ExperimentForm()
        qtbot.addWidget(made)
        combo = field(made, "objective.kind")
        at = combo.findData("fake")
        assert combo.itemText(at) == "Fake objective"
        assert "For this test." in combo.itemData(at, Qt.ItemDataRole.ToolTipRole)
        combo.setCurrentIndex(at)
        assert made.experiment().objective.kind == "fake"
    finally:
        OBJECTIVES.unregister("fake")


def test_rows_that_do_not_matter_are_hidden_and_keep_their_values(form, qtbot):
    type_into(qtbot, form, "lipschitz.weight", "7")
    assert not is_shown(form, "lipschitz.clip")
    choose(form, "lipschitz.kind", "weight-clipping")
    assert is_shown(form, "lipschitz.clip")
    assert not is_shown(form, "lipschitz.weight")
    choose(form, "lipschitz.kind", "gradient-penalty")
    assert is_shown(form, "lipschitz.weight")
    assert form.experiment().lipschitz.weight == 7


def test_advanced_settings_appear_on_request_and_when_they_are_wrong(form, qtbot):
    assert not is_shown(form, "saving.keep")
    assert not form._sections["saving"].isVisibleTo(form)
    form._bar._advanced.click()
    assert is_shown(form, "saving.keep")
    type_into(qtbot, form, "saving.keep", "0")
    form._bar._advanced.click()
    assert is_shown(form, "saving.keep")


def test_a_bad_value_is_told_beside_its_field_and_bars_training(form, qtbot):
    with qtbot.waitSignal(form.validity_changed, check_params_cb=lambda valid: valid is False):
        type_into(qtbot, form, "schedule.batch_size", "1")
    assert error(form, "schedule.batch_size").text() == "Batch size must be at least 2; 1 is not."
    assert error(form, "schedule.batch_size").isVisibleTo(form)
    assert form.experiment() is None
    assert not form.may_train
    assert field(form, "schedule.batch_size").text() == "1"
    assert "1 setting needs attention" in form.findChild(QLabel, "form:problems").text()
    with qtbot.waitSignals([form.validity_changed, form.experiment_changed]):
        type_into(qtbot, form, "schedule.batch_size", "32")
    assert error(form, "schedule.batch_size").isHidden()
    assert form.experiment().schedule.batch_size == 32


@pytest.mark.parametrize("typed", ["abc", "", "1,5", "nan", "inf"])
def test_what_is_no_number_is_told_in_words(form, qtbot, typed):
    field(form, "lipschitz.weight").setText("")
    type_into(qtbot, form, "lipschitz.weight", typed)
    field(form, "lipschitz.weight").commit()
    assert form.experiment() is None
    assert error(form, "lipschitz.weight").text().startswith("Penalty weight lambda")


def test_half_typed_values_count_at_once_but_are_not_called_wrong_at_once(form, qtbot):
    type_into(qtbot, form, "lipschitz.weight", "1e", key=None)
    assert form.experiment() is None
    assert error(form, "lipschitz.weight").isHidden()
    qtbot.waitUntil(lambda: not error(form, "lipschitz.weight").isHidden())
    qtbot.keyClicks(field(form, "lipschitz.weight"), "-3")
    assert error(form, "lipschitz.weight").isHidden()
    assert form.experiment().lipschitz.weight == 1e-3


def test_escape_takes_back_what_was_typed(form, qtbot):
    before = form.experiment()
    type_into(qtbot, form, "lipschitz.weight", "123", key=Qt.Key.Key_Escape)
    assert form.experiment() == before


def test_tiny_numbers_survive(form, qtbot):
    type_into(qtbot, form, "critic_optimizer.learning_rate", "2e-7")
    assert form.experiment().critic_optimizer.learning_rate == 2e-7
    form.set_experiment(form.experiment())
    assert field(form, "critic_optimizer.learning_rate").text() == "2e-07"


def test_a_senseless_combination_is_told_and_fixed_with_a_click(form, qtbot):
    choose(form, "critic.norm", "batch")
    label = error(form, "critic.norm")
    assert "mixes the samples" in label.text()
    assert "href='fix'" in label.text()
    label.linkActivated.emit("fix")
    assert label.isHidden()
    assert form.experiment().critic.norm == "layer"
    form.undo_group.undo()
    assert form.experiment() is None


def test_a_missing_folder_bars_training_but_is_no_error(form, qtbot):
    form.set_experiment(preset("folder-dcgan-64").experiment)
    assert form.experiment() is not None
    assert not form.may_train
    assert error(form, "data.path").property("role") == "needed"
    with qtbot.waitSignal(form.validity_changed, check_params_cb=lambda valid: valid is True):
        type_into(qtbot, form, "data.path", "/some/folder")
    assert form.experiment().data.path == "/some/folder"


def test_browsing_for_a_folder_or_a_zip(form, monkeypatch):
    form.set_experiment(preset("folder-dcgan-64").experiment)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/pictures")
    field(form, "data.path").ask_folder()
    assert form.experiment().data.path == "/pictures"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    field(form, "data.path").ask_file()
    assert form.experiment().data.path == "/pictures"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/pictures.zip", ""))
    field(form, "data.path").ask_file()
    assert form.experiment().data.path == "/pictures.zip"


def test_a_dot_marks_what_differs_and_takes_it_back(form, qtbot):
    dot = form.findChild(QToolButton, "reset:generator.width")
    assert dot.text() == ""
    type_into(qtbot, form, "generator.width", "300")
    assert dot.text() == "●"
    assert "256" in dot.accessibleName()
    qtbot.mouseClick(dot, Qt.MouseButton.LeftButton)
    assert form.experiment() == preset("digits-wgan-gp").experiment
    assert dot.text() == ""


def test_reset_goes_back_to_the_preset_at_once_and_can_be_undone(form, qtbot):
    mine = with_values(preset("digits-wgan-gp").experiment, {"seed": 5, "generator.width": 300})
    form.set_experiment(mine, preset("digits-wgan-gp").experiment)
    assert form.findChild(QToolButton, "reset:seed").text() == "●"
    form.findChild(QToolButton, "form:reset").click()
    assert form.experiment() == preset("digits-wgan-gp").experiment
    form.findChild(QToolButton, "form:undo").click()
    assert form.experiment() == mine


def test_undo_and_redo(form, qtbot):
    before = form.experiment()
    type_into(qtbot, form, "seed", "7")
    choose(form, "generator.activation", "tanh")
    form.undo_group.undo()
    assert form.experiment().generator.activation == "relu"
    assert form.experiment().seed == 7
    form.undo_group.undo()
    assert form.experiment() == before
    assert not form.findChild(QToolButton, "form:undo").isEnabled()
    form.undo_group.redo()
    form.undo_group.redo()
    assert (form.experiment().seed, form.experiment().generator.activation) == (7, "tanh")


def test_the_undo_shortcut_works_at_a_field(form, qtbot):
    choose(form, "generator.activation", "tanh")
    combo = field(form, "generator.activation")
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert form.experiment().generator.activation == "relu"


def test_arrow_keys_step_within_the_bounds_and_are_undone_together(form, qtbot):
    line = field(form, "schedule.n_critic")
    start = form.experiment().schedule.n_critic
    for _ in range(3):
        qtbot.keyClick(line, Qt.Key.Key_Up)
    assert form.experiment().schedule.n_critic == start + 3
    form.undo_group.undo()
    assert form.experiment().schedule.n_critic == start
    for _ in range(start + 5):
        qtbot.keyClick(line, Qt.Key.Key_Down)
    assert form.experiment().schedule.n_critic == 1


def test_nothing_is_emitted_for_what_the_window_sets(form, qtbot):
    with qtbot.assertNotEmitted(form.experiment_changed), qtbot.assertNotEmitted(form.live_edited):
        form.set_experiment(preset("ring-gan").experiment)
        form.set_running(True)
        form.apply_live("generator_optimizer.learning_rate", 0.5)
    assert field(form, "generator_optimizer.learning_rate").text() == "0.5"
    assert form.experiment().generator_optimizer.learning_rate == 0.5


def test_while_training_only_live_settings_can_be_changed_and_others_say_why(form):
    form.set_running(True)
    for path, row in form._rows.items():
        assert row.editor.isEnabled() == row.row.info.live, path
        assert ("cannot change" in row.toolTip()) == (not row.row.info.live), path
    assert not form.findChild(QToolButton, "form:reset").isEnabled()
    form.set_running(False)
    assert all(row.editor.isEnabled() for row in form._rows.values())


def test_a_live_edit_is_sent_when_it_is_committed_and_only_then(form, qtbot):
    form.set_running(True)
    with qtbot.assertNotEmitted(form.live_edited):
        type_into(qtbot, form, "lipschitz.weight", "0.01", key=None)
    with qtbot.waitSignal(form.live_edited) as heard:
        qtbot.keyClick(field(form, "lipschitz.weight"), Qt.Key.Key_Return)
    assert heard.args == ["lipschitz.weight", 0.01]


def test_a_bad_live_edit_is_told_and_not_sent(form, qtbot):
    form.set_running(True)
    with qtbot.assertNotEmitted(form.live_edited):
        type_into(qtbot, form, "lipschitz.weight", "-1")
    assert "at least 0" in error(form, "lipschitz.weight").text()


def test_undo_while_training_takes_back_live_edits_only_and_sends_them(form, qtbot):
    type_into(qtbot, form, "seed", "7")
    weight = form.experiment().lipschitz.weight
    form.set_running(True)
    assert not form.findChild(QToolButton, "form:undo").isEnabled()
    choose(form, "lipschitz.side", "one-sided")
    type_into(qtbot, form, "lipschitz.weight", "0.5")
    with qtbot.waitSignal(form.live_edited) as heard:
        form.undo_group.undo()
    assert heard.args == ["lipschitz.weight", weight]
    form.undo_group.undo()
    form.undo_group.undo()
    assert form.experiment().seed == 7
    form.set_running(False)
    form.undo_group.undo()
    assert form.experiment().seed != 7


def test_the_slider_sends_few_values_while_dragged_and_always_the_last(form, qtbot):
    form.set_running(True)
    slider = form.findChild(LiveSlider, "slider:lipschitz.weight")
    sent = []
    form.live_edited.connect(lambda path, value: sent.append((path, value)))
    slider.setSliderDown(True)
    for position in range(slider.maximum(), -1, -1):
        slider.setValue(position)
    slider.setSliderDown(False)
    assert sent[-1] == ("lipschitz.weight", 0.01)
    assert len(sent) <= 5
    assert field(form, "lipschitz.weight").text() == "0.01"
    with qtbot.waitSignal(form.live_edited) as heard:
        form.undo_group.undo()
    assert heard.args[1] == preset("digits-wgan-gp").experiment.lipschitz.weight


def test_a_drag_that_pauses_sends_what_is_under_the_handle(form, qtbot):
    form.set_running(True)
    slider = form.findChild(LiveSlider, "slider:lipschitz.weight")
    slider.setSliderDown(True)
    slider.setValue(10)
    with qtbot.waitSignal(form.live_edited) as heard:
        slider.setValue(20)
    assert heard.args == ["lipschitz.weight", slider.number()]
    with qtbot.assertNotEmitted(form.live_edited):
        slider.setSliderDown(False)


def test_what_the_person_holds_is_not_snatched_away(form, qtbot):
    form.set_running(True)
    slider = form.findChild(LiveSlider, "slider:lipschitz.weight")
    slider.setSliderDown(True)
    slider.setValue(0)
    form.apply_live("lipschitz.weight", 500.0)
    assert field(form, "lipschitz.weight").text() == "0.01"
    slider.setSliderDown(False)
    assert form.experiment().lipschitz.weight == 0.01


def test_a_whole_number_has_a_slider_over_what_is_usual(form, qtbot):
    form.set_running(True)
    row = form._rows["schedule.n_critic"]
    slider = row.slider
    assert slider is form.findChild(LiveSlider, "slider:schedule.n_critic")
    assert slider.number() == form.experiment().schedule.n_critic == 5
    slider.setSliderDown(True)
    with qtbot.waitSignal(form.live_edited) as heard:
        slider.setValue(slider.minimum())
        slider.setSliderDown(False)
    assert heard.args == ["schedule.n_critic", 1]
    assert isinstance(heard.args[1], int)
    assert field(form, "schedule.n_critic").text() == "1"
    slider.setValue(slider.maximum())
    assert form.experiment().schedule.n_critic == 10
    row.set_value(25)  # beyond what is usual
    assert (slider.number(), row.value()) == (10, 25)
    assert "1 to 10" in slider.toolTip()


def test_sliders_are_there_for_live_numbers_and_reach_far(form):
    having = {path for path, row in form._rows.items() if row.slider is not None}
    assert {"lipschitz.weight", "lipschitz.clip", "critic_optimizer.learning_rate"} <= having
    assert all(form._rows[path].row.info.live for path in having)
    slider = form._rows["lipschitz.weight"].slider
    slider.set_number(0.0)
    assert slider.value() == 0
    slider.set_number(10.0)
    assert slider.number() == 10.0
    slider.set_number(1e6)
    assert slider.value() == slider.maximum()


def test_the_wheel_scrolls_the_form_and_changes_no_value(form, qtbot):
    before = form.experiment()
    for path in ("generator.kind", "lipschitz.kind"):
        combo = field(form, path)
        assert not combo.hasFocus()
        QApplication.sendEvent(combo, wheel(combo))
    slider = form._rows["lipschitz.weight"].slider
    QApplication.sendEvent(slider, wheel(slider))
    assert form.experiment() == before


def wheel(widget):
    middle = QPointF(widget.rect().center())
    return QWheelEvent(
        middle, widget.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


def test_issues_from_elsewhere_stand_by_their_fields_until_the_next_edit(form, qtbot):
    form.show_issues([Issue("data.path", "There is no such folder."), Issue("data", "No image was found.")])
    assert form.findChild(QLabel, "error:data").text() == "No image was found."
    form.show_issues([Issue("seed", "The seed is used up."), Issue("", "The disk is full.")])
    assert error(form, "seed").text() == "The seed is used up."
    assert form.findChild(QLabel, "error:run").text() == "The disk is full."
    type_into(qtbot, form, "seed", "3")
    assert error(form, "seed").isHidden()
    assert form.findChild(QLabel, "error:run").isHidden()


def test_sections_fold(form, qtbot):
    header = form.findChild(QToolButton, "section:data")
    qtbot.mouseClick(header, Qt.MouseButton.LeftButton)
    assert not is_shown(form, "data.source")
    qtbot.mouseClick(header, Qt.MouseButton.LeftButton)
    assert is_shown(form, "data.source")


def test_the_link_opens_the_section_of_the_first_problem(form, qtbot):
    type_into(qtbot, form, "schedule.batch_size", "1")
    form._sections["schedule"].set_open(False)
    form.findChild(QLabel, "form:problems").linkActivated.emit("first")
    assert is_shown(form, "schedule.batch_size")


def test_the_formula_of_the_objective_is_shown(form):
    assert "E[D(G(z))]" in form._rows["objective.kind"]._note.text()


def test_the_form_starts_with_a_valid_experiment(qtbot):
    made = ExperimentForm()
    qtbot.addWidget(made)
    assert made.experiment() == Experiment()
    assert made.may_train


def test_the_form_paints_its_rows(form):
    image = form.grab().toImage()
    shades = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(shades) > 10
