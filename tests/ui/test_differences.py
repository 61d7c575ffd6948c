import pytest
from ui_fakes import tiny_experiment

from ganstudio.ui.differences import is_same_training, live_differences


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"lipschitz.weight": 3.0}, True),
        ({"lipschitz.clip": 0.5}, True),  # has no effect with a gradient penalty
        ({"data.size": 16}, True),  # has no effect on points
        ({"critic.width": 9}, False),
        ({"seed": 1}, False),
        ({"lipschitz.kind": "weight-clipping"}, False),
    ],
)
def test_what_may_differ_in_one_training(change: dict[str, object], same: bool) -> None:
    assert is_same_training(tiny_experiment(), tiny_experiment(**change)) is same


def test_only_live_settings_that_matter_are_edits() -> None:
    new = tiny_experiment(**{"lipschitz.weight": 3.0, "lipschitz.clip": 0.5, "critic.width": 9})
    assert live_differences(tiny_experiment(), new) == [("lipschitz.weight", 3.0)]
    assert live_differences(new, new) == []
