from typing import Any

import pytest

from ganstudio.errors import ExperimentError
from ganstudio.experiment.conditions import crosses_batch, is_conditional
from ganstudio.experiment.describe import shown
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_assignments, with_values

HINGE = {"objective.kind": "hinge", "lipschitz.kind": "none"}
RESNET = {"generator.kind": "resnet", "critic.kind": "resnet", "data.size": 32}


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({**RESNET, "generator.attention": 12}, "generator.attention", "it has maps of 32, 16, 8 and 4 px"),
        (
            {**RESNET, "critic.attention": 32},
            "critic.attention",
            "images of 32 px; it has maps of 16 and 8 px",
        ),
        (
            {**RESNET, "data.size": 8, "critic.attention": 16},
            "critic.attention",
            "no map of 16 px for images of 8 px; it has maps of 4 px",
        ),
        (
            {"generator.kind": "biggan", "data.size": 32, "latent.dimension": 3},
            "latent.dimension",
            "splits z into 4 parts for images of 32 px",
        ),
        ({"critic.minibatch_deviation": True}, "critic.minibatch_deviation", "price for each sample"),
        (
            {"critic.minibatch_discrimination": True},
            "critic.minibatch_discrimination",
            "price for each sample",
        ),
        (
            {"critic.minibatch_deviation": True, "lipschitz.kind": "r1", "objective.kind": "non-saturating"},
            "critic.minibatch_deviation",
            "price for each sample",
        ),
        (
            {"critic.spectral_norm": True, "lipschitz.kind": "weight-clipping"},
            "critic.spectral_norm",
            "undoes the clipping",
        ),
        ({"generator.norm": "instance", "critic.kind": "dcgan"}, "generator.norm", "pixels of a channel"),
        (
            {"data.source": "ring", "generator.kind": "biggan", "latent.dimension": 2},
            "generator.kind",
            "2-D points",
        ),
    ],
)
def test_senseless_networks_are_refused_with_a_fix_that_works(
    values: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(ExperimentError) as refused:
        with_values(Experiment(), values)
    (issue,) = refused.value.issues
    assert issue.path == path
    assert words in issue.sentence
    assert with_values(Experiment(), {**values, **dict(issue.fix)})


@pytest.mark.parametrize(
    "values",
    [
        {**RESNET, "generator.attention": 16, "critic.attention": 8},
        {"generator.attention": 16},  # an MLP has none, so the setting is not read
        {"data.source": "ring", "critic.attention": 8},
        {"lipschitz.kind": "none", "critic.spectral_norm": True},  # spectral normalisation is the control
        {**HINGE, "critic.minibatch_deviation": True, "critic.minibatch_discrimination": True},
        {"critic.kind": "biggan", "critic.norm": "batch", "data.size": 32},  # it has no such norm
        {"generator.norm": "virtual-batch"},
    ],
)
def test_sensible_networks_are_accepted(values: dict[str, Any]) -> None:
    assert with_values(Experiment(), values)


def test_a_critic_cannot_be_virtually_batch_normalised() -> None:
    with pytest.raises(ExperimentError, match="must be one of none, batch, layer, instance"):
        with_values(Experiment(), {"critic.norm": "virtual-batch"})


def test_classes_are_offered_where_the_data_have_them() -> None:
    told = with_values(Experiment(), {"conditioning.kind": "class"})
    assert is_conditional(told)
    assert {"conditioning.kind", "generator.embedding"} <= shown(told).keys()
    assert "generator.embedding" not in shown(Experiment())
    rolled = with_values(told, {"data.source": "swissroll"})
    assert not is_conditional(rolled)
    assert "conditioning.kind" not in shown(rolled)
    with pytest.raises(ExperimentError, match=r"has no effect with data\.source = swissroll"):
        with_assignments(Experiment(), ["data.source=swissroll", "conditioning.kind=class"])
    # Whether a folder has classes shows when it is read.
    assert is_conditional(with_values(told, {"data.source": "folder"}))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (HINGE, False),
        ({**HINGE, "critic.norm": "batch"}, True),
        ({**HINGE, "critic.minibatch_deviation": True}, True),
        ({**HINGE, "critic.minibatch_discrimination": True}, True),
        ({**HINGE, "critic.kind": "biggan", "data.size": 32, "critic.norm": "batch"}, False),
    ],
)
def test_it_is_known_whether_scores_depend_on_the_batch(values: dict[str, Any], expected: bool) -> None:
    assert crosses_batch(with_values(Experiment(), values)) is expected
