"""What differs between two experiments: what may change while training, and what needs a new session."""

from __future__ import annotations

from ganstudio.experiment.describe import Value, flatten, row, shown
from ganstudio.experiment.model import Experiment


def live_differences(old: Experiment, new: Experiment) -> list[tuple[str, Value]]:
    """List the live settings that matter in ``new`` and have another value there than in ``old``."""
    before = flatten(old)
    return [(p, v) for p, v in shown(new).items() if row(p).info.live and before[p] != v]


def is_same_training(one: Experiment, other: Experiment) -> bool:
    """Whether one can go on as the other: at most live settings differ, and settings that have no effect."""
    return _fixed(one) == _fixed(other)


def _fixed(experiment: Experiment) -> dict[str, Value]:
    return {path: value for path, value in shown(experiment).items() if not row(path).info.live}
