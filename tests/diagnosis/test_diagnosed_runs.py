"""Real short runs: those made to fail are found out in time, and healthy ones are left in peace."""

from __future__ import annotations

import pytest

from ganstudio.diagnosis.diagnosis import diagnosed
from ganstudio.diagnosis.findings import Diagnosed
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.files import preset
from ganstudio.experiment.parse import with_values

SMALL = {"generator.width": 64, "critic.width": 64, "probes.samples_every": 25, "probes.measure_every": 25}


def findings(name: str, iterations: int, until: str = "", **values: object) -> dict[str, int]:
    """The first iteration of each kind of finding; the run ends early with the kind ``until``."""
    changed = {k.replace("__", "."): v for k, v in values.items()}
    experiment = with_values(preset(name).experiment, {**SMALL, **changed})
    found: dict[str, int] = {}
    for event in diagnosed(Trainer(experiment, device="cpu", threads=1).run(iterations), experiment):
        if isinstance(event, Diagnosed):
            found.setdefault(event.finding.kind, event.iteration)
        if until in found:
            break
    return found


FAST = 0.01  # learning rate of the ring's generator that outruns a slow critic


@pytest.mark.parametrize(
    ("kind", "within", "name", "values"),
    [
        ("vanishing-gradient", 60, "digits-wgan", {"lipschitz__clip": 1e-4}),
        (
            "vanishing-gradient", 60, "digits-gan",
            {"objective__kind": "minimax", "schedule__n_critic": 5, "critic_optimizer__learning_rate": 2e-3},
        ),
        ("not-lipschitz", 100, "digits-wgan-gp", {"lipschitz__weight": 1e-4}),
        ("not-lipschitz", 100, "digits-wgan", {"lipschitz__clip": 10.0, "critic__width": 256}),
        (
            "divergence", 60, "digits-gan",
            {"critic_optimizer__learning_rate": 0.5, "generator_optimizer__learning_rate": 0.5},
        ),
        ("stuck-weights", 100, "digits-wgan", {"lipschitz__clip": 1e-4}),
        ("mode-collapse", 450, "ring-gan", {"generator_optimizer__learning_rate": FAST}),
        (
            "over-trained-critic", 200, "digits-wgan-gp",
            {"data__limit": 60, "data__held_out": 0.5, "critic__width": 256},
        ),
    ],
)  # fmt: skip
def test_a_run_made_to_fail_is_found_out(
    kind: str, within: int, name: str, values: dict[str, object]
) -> None:
    assert findings(name, within, kind, **values).get(kind, 10**9) <= within


@pytest.mark.parametrize(
    ("name", "iterations"),
    [("ring-wgan-gp", 350), ("digits-gan", 500), ("digits-wgan-gp", 300), ("ring-wgan", 350)],
)
def test_a_healthy_run_is_left_in_peace(name: str, iterations: int) -> None:
    assert findings(name, iterations, data__held_out=0.2, schedule__batch_size=64) == {}
