import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ganstudio.data import DATASETS
from ganstudio.errors import ExperimentError, Issue, UserError
from ganstudio.experiment.describe import SettingRow, flatten, nest, row, rows, shown
from ganstudio.experiment.files import experiment_toml, preset, presets, read_experiment
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse, parse_assignment, parse_written, with_assignments, with_values
from ganstudio.experiment.rules import missing

ISSUE_PRESETS = {
    "ring-gan",
    "ring-wgan",
    "ring-wgan-gp",
    "grid-wgan-gp",
    "swissroll-wgan-gp",
    "digits-gan",
    "digits-dcgan",
    "digits-wgan",
    "digits-wgan-gp",
    "mnist-dcgan",
    "mnist-wgan-gp",
    "cifar10-wgan-gp",
    "folder-dcgan-64",
}


def in_bounds(setting: SettingRow) -> st.SearchStrategy[Any]:
    if setting.info.choices is not None:
        return st.sampled_from(list(setting.info.choices))
    low, high = setting.bounds.minimum, setting.bounds.maximum
    if setting.type is bool:
        return st.booleans()
    if setting.type is str:
        return st.text(max_size=20)
    if setting.type is int:
        return st.integers(int(low or 0), int(high or 1000))
    return st.floats(
        low, high, exclude_min=setting.bounds.exclusive_minimum, exclude_max=setting.bounds.exclusive_maximum
    )


def test_an_experiment_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Experiment().seed = 1  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        Experiment().data.size = 16  # type: ignore[misc]


def test_settings_are_known_without_torch_and_qt() -> None:
    code = (
        "import ganstudio.experiment.files as f, sys; f.presets(); "
        "print([m for m in ('torch', 'PySide6', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("setting", rows(), ids=lambda r: r.path)
def test_every_setting_is_declared_whole(setting: SettingRow) -> None:
    assert setting.info.title
    assert setting.info.help.endswith(".")
    assert flatten(Experiment())[setting.path] == setting.default
    if setting.type in (int, float):
        assert setting.bounds.minimum is not None
        assert setting.bounds.maximum is not None


def test_what_is_usual_lies_within_the_bounds_and_holds_the_default() -> None:
    declared = [setting for setting in rows() if setting.info.usual is not None]
    assert "schedule.n_critic" in {setting.path for setting in declared}
    for setting in declared:
        first, last = setting.info.usual
        assert setting.type is int
        assert setting.bounds.minimum <= first <= setting.default <= last <= setting.bounds.maximum


@given(st.data())
def test_any_value_within_bounds_round_trips_through_toml(data: st.DataObject) -> None:
    setting = data.draw(st.sampled_from([r for r in rows() if r.path in shown(Experiment())]))
    value = data.draw(in_bounds(setting))
    try:
        changed = with_values(Experiment(), {setting.path: value})
    except ExperimentError:  # refused by a rule between settings, which has tests of its own
        return
    assert flatten(changed)[setting.path] == value
    again = parse_written(tomllib.loads(experiment_toml(changed)))
    assert shown(again) == shown(changed)


@given(st.data())
def test_values_out_of_bounds_are_refused_next_to_their_setting(data: st.DataObject) -> None:
    setting = data.draw(st.sampled_from([r for r in rows() if r.type in (int, float)]))
    low, high = setting.bounds.minimum, setting.bounds.maximum
    assert low is not None
    assert high is not None
    value = data.draw(st.sampled_from([low - 1, high + 1]))
    with pytest.raises(ExperimentError) as refused:
        with_values(Experiment(), {setting.path: setting.type(value)})
    assert [i.path for i in refused.value.issues] == [setting.path]
    assert "must be" in refused.value.issues[0].sentence


nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def issues_of(raw: Any) -> list[Issue]:
    """What is wrong with it; any exception but the one in words fails the test."""
    try:
        parse(raw)
    except ExperimentError as error:
        return list(error.issues)
    return []


@given(nonsense)
def test_nonsense_is_refused_in_words(raw: Any) -> None:
    for tree in ({"data": raw}, {"seed": raw}, {"lipschitz": {"weight": raw}}, {"generator": {"kind": raw}}):
        assert all(issue.sentence for issue in issues_of(tree))
    assert issues_of({"nothing": raw})[0].sentence.startswith("is not a setting")


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({"critic.norm": "batch"}, "critic.norm", "mixes the samples of a batch"),
        (
            {"data.source": "ring", "critic.kind": "dcgan", "generator.norm": "none"},
            "critic.kind",
            "2-D points",
        ),
        ({"data.source": "ring", "generator.kind": "dcgan"}, "generator.kind", "2-D points"),
        ({"lipschitz.kind": "none"}, "lipschitz.kind", "grows without bound"),
        ({"critic.norm": "instance"}, "critic.norm", "pixels of a channel"),
        ({"data.channels": 2}, "data.channels", "1 channel (grey) or 3"),
        ({"lipschitz.kind": "r1", "critic.norm": "batch"}, "critic.norm", "mixes the samples of a batch"),
        (
            {"techniques.feature_matching": True, "conditioning.kind": "class"},
            "techniques.feature_matching",
            "means over all classes",
        ),
        ({"saving.best_by": "w1"}, "saving.best_by", "(W1) has no value in this experiment"),
        (
            {"data.source": "ring", "generator.norm": "none", "saving.best_by": "fid"},
            "saving.best_by",
            "has no value in this experiment",
        ),
        (
            {"objective.kind": "hinge", "saving.best_by": "wasserstein_estimate"},
            "saving.best_by",
            "Wasserstein estimate has no value",
        ),
        ({"saving.best_by": "total_loss"}, "saving.best_by", "Total loss has no value"),
    ],
)
def test_senseless_combinations_are_refused_with_a_fix_that_works(
    values: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(ExperimentError) as refused:
        with_values(Experiment(), values)
    (issue,) = refused.value.issues
    assert issue.path == path
    assert words in issue.sentence
    assert with_values(Experiment(), {**values, **dict(issue.fix)})


def test_clipping_together_with_a_penalty_is_refused() -> None:
    with pytest.raises(
        ExperimentError, match=r"lipschitz\.clip: has no effect with lipschitz.kind = gradient-penalty"
    ):
        with_assignments(Experiment(), ["lipschitz.clip=0.01"])
    with pytest.raises(
        ExperimentError, match=r"lipschitz\.weight: has no effect with lipschitz.kind = weight-clipping"
    ):
        with_assignments(Experiment(), ["lipschitz.kind=weight-clipping", "lipschitz.weight=10"])


@pytest.mark.parametrize(
    ("assignments", "words"),
    [
        (["objective.real_target=0.9"], "it belongs to objective.kind = minimax or non-saturating"),
        (["lipschitz.kind=r1", "lipschitz.target=2"], "no effect with lipschitz.kind = r1"),
        (["lipschitz.kind=r2", "lipschitz.place=fake"], "no effect with lipschitz.kind = r2"),
        (["techniques.noise_std=0.3"], "it belongs to techniques.instance_noise = True"),
        (["techniques.historical_weight=0.3"], "belongs to techniques.historical_averaging = True"),
        (["critic_optimizer.decay_over=9"], "no effect with critic_optimizer.schedule = constant"),
        (["critic_optimizer.schedule=linear", "critic_optimizer.decay_factor=0.9"], "schedule = step"),
    ],
)
def test_details_of_techniques_that_are_off_are_refused(assignments: list[str], words: str) -> None:
    with pytest.raises(ExperimentError, match=words):
        with_assignments(Experiment(), assignments)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed", "is not an assignment"),
        ("lipschitz.weigth=1", "did you mean lipschitz.weight"),
        ("seed=x", "must be a whole number"),
        ("lipschitz.weight=much", "must be a number"),
        ("data.download=perhaps", "must be true or false"),
        ("lipschitz.weight=nan", "must be a finite number"),
        ("objective.kind=gan", "must be one of minimax, non-saturating, wasserstein, hinge"),
        ("=3", "is not a setting"),
    ],
)
def test_bad_assignments_are_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        with_assignments(Experiment(), [text])


def test_assignments_are_read_as_their_settings_type() -> None:
    assert parse_assignment(" schedule.n_critic = 3 ") == ("schedule.n_critic", 3)
    assert parse_assignment("lipschitz.weight=2e-7") == ("lipschitz.weight", 2e-7)
    assert parse_assignment("data.path=a=b") == ("data.path", "a=b")
    with pytest.raises(ExperimentError):  # downloads belong to known data sets
        with_assignments(Experiment(), ["data.download=yes"])
    changed = with_assignments(Experiment(), ["data.source=mnist", "data.download=yes"])
    assert changed.data.download is True


def test_flatten_and_nest_are_inverse() -> None:
    assert nest(flatten(Experiment())) == Experiment().model_dump()


def test_conditions_name_settings_that_exist() -> None:
    for setting in rows():
        for condition in setting.info.shown_when:
            row(f"{setting.group}{condition}" if condition.startswith(".") else condition)


def test_the_issues_presets_are_there_and_make_sense() -> None:
    assert set(presets()) >= ISSUE_PRESETS
    for found in presets().values():
        assert found.experiment.name == found.name
        assert found.title
        assert found.summary
        assert found.expect
        assert found.time
        assert found.iterations > 0


def test_an_unknown_preset_is_refused_with_the_names() -> None:
    with pytest.raises(UserError, match="no preset 'x'; there are digits-wgan-gp"):
        preset("x")


def test_experiment_files(tmp_path: Path) -> None:
    path = tmp_path / "e.toml"
    path.write_text(experiment_toml(preset("ring-gan").experiment), encoding="utf-8")
    assert shown(read_experiment(path)) == shown(preset("ring-gan").experiment)
    for text, words in (
        ("[data", "not valid TOML"),
        ("seed = -1", r"seed: must be at least 0.* \(in .*e.toml\)"),
        ("[lipschitz]\nclip = 1.0", "no effect"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UserError, match=words):
            read_experiment(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="could not be read"):
        read_experiment(path)
    with pytest.raises(UserError, match="No such file"):
        read_experiment(tmp_path / "none.toml")


def test_a_folder_must_be_chosen_before_training_only() -> None:
    experiment = preset("folder-dcgan-64").experiment
    assert [i.path for i in missing(experiment)] == ["data.path"]
    assert not missing(with_values(experiment, {"data.path": "/pictures"}))


def test_a_registered_choice_reaches_the_settings() -> None:
    DATASETS.register("fake", title="Fake", help="A fake.", traits=("images",))
    try:
        assert with_values(Experiment(), {"data.source": "fake"}).data.source == "fake"
        assert "fake" in (row("data.source").info.choices or {})
        with pytest.raises(ValueError, match="registered already"):
            DATASETS.register("fake", title="Fake", help="A fake.")
    finally:
        DATASETS.unregister("fake")
    with pytest.raises(ExperimentError, match="must be one of"):
        with_values(Experiment(), {"data.source": "fake"})
