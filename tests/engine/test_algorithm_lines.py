"""The algorithm that is shown is the one that is trained."""

import pytest

from ganstudio.engine.control import Control
from ganstudio.engine.events import StageReached
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.algorithm import lines
from ganstudio.experiment.files import preset
from ganstudio.experiment.parse import with_values

SMALL = {
    "data.points": 200,
    "generator.width": 8,
    "critic.width": 8,
    "schedule.batch_size": 8,
    "schedule.n_critic": 1,
    "probes.point_count": 10,
}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"lipschitz.kind": "weight-clipping"},
        {"objective.kind": "hinge", "lipschitz.kind": "r1"},
        {
            "objective.kind": "non-saturating",
            "lipschitz.kind": "none",
            "techniques.feature_matching": True,
            "techniques.historical_averaging": True,
        },
    ],
    ids=["penalty", "clipping", "r1", "matching"],
)
def test_lines_are_the_stages_in_their_order(changes):
    experiment = with_values(preset("ring-wgan-gp").experiment, {**SMALL, **changes})
    control = Control()
    control.slow(0.0)
    reached = [
        (event.network, event.stage)
        for event in Trainer(experiment, device="cpu", control=control).run(1)
        if isinstance(event, StageReached)
    ]
    assert reached == [(line.network, line.stage) for line in lines(experiment)]
