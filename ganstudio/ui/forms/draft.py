"""From the values in a form, which may be anything, to an experiment or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ganstudio.errors import ExperimentError, Issue
from ganstudio.experiment.describe import nest, rows
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse
from ganstudio.experiment.rules import missing


@dataclass(frozen=True)
class Verdict:
    """What values amount to: an experiment, or issues. ``missing`` is what training still needs."""

    experiment: Experiment | None
    issues: tuple[Issue, ...] = ()
    missing: tuple[Issue, ...] = ()

    @property
    def may_train(self) -> bool:
        """Whether nothing stands in the way of training."""
        return self.experiment is not None and not self.missing


def judge(values: Mapping[str, object]) -> Verdict:
    """Validate all values (by dotted path) as one experiment.

    A value that the form does not show, because it does not matter with the others, cannot stand in the way:
    where it is wrong its default is taken.
    """
    usable = dict(values)
    idle = {r.path: r.default for r in rows() if not r.is_shown(values)}
    while True:
        try:
            experiment = parse(nest(usable))
        except ExperimentError as error:
            mendable = {i.path: idle.pop(i.path) for i in error.issues if i.path in idle}
            if not mendable:
                return Verdict(None, error.issues)
            usable |= mendable
        else:
            return Verdict(experiment, (), tuple(missing(experiment)))
