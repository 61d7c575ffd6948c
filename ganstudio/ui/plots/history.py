"""What happened while training, as the plots need it: series of scalars, and marks of what a person did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ganstudio.diagnosis import DETECTORS
from ganstudio.diagnosis.findings import Diagnosed
from ganstudio.engine.events import SCALARS, Edited, Event, Metrics, Started
from ganstudio.experiment.describe import row
from ganstudio.ui.plots.series import Series

TOGETHER = 64  # events that wait at the most until they are put in; that costs as much for many as for one
MANY = 1000  # iterations of an event that does not wait

SHORT = {
    "lipschitz.weight": "lambda",
    "lipschitz.target": "target",
    "lipschitz.every": "penalty every",
    "objective.real_target": "real target",
    "critic_optimizer.clip_norm": "critic gradient clip",
    "generator_optimizer.clip_norm": "generator gradient clip",
    "critic.orthogonal_weight": "critic orthogonality",
    "generator.orthogonal_weight": "generator orthogonality",
    "techniques.historical_weight": "history weight",
    "techniques.noise_std": "noise",
    "lipschitz.clip": "clip c",
    "schedule.n_critic": "n_critic",
    "critic_optimizer.learning_rate": "critic learning rate",
    "generator_optimizer.learning_rate": "generator learning rate",
}


@dataclass(frozen=True)
class Happening:
    """Something a person did at an iteration, or that was found then (``finding``, in words).

    An edit has the setting's ``path`` and both its values.
    """

    iteration: int
    path: str = ""
    old: object = None
    new: object = None
    finding: str = ""

    @property
    def words(self) -> str:
        """What happened, in a few words: "lambda 10 → 0.01"."""
        if not self.path:
            return self.finding or "resumed"
        name = SHORT.get(self.path) or row(self.path).info.title.lower()
        return f"{name} {value_words(self.path, self.old)} → {value_words(self.path, self.new)}"


class History:
    """Series by name, and happenings in order. It only holds; panels draw."""

    def __init__(self, names: Iterable[str] = SCALARS) -> None:
        """Keep these scalars."""
        self._series = {name: Series() for name in names}
        self._waiting: list[Metrics] = []  # not in the series yet
        self.happenings: list[Happening] = []
        self.iteration = 0

    @property
    def series(self) -> Mapping[str, Series]:
        """The series by name. Scalars are put in together, as many as came since somebody last looked."""
        self._gather()
        return self._series

    def handle(self, event: Event) -> bool:
        """Remember what an event says; returns whether there is something new to draw."""
        match event:
            case Metrics():
                self._waiting.append(event)
                if len(self._waiting) >= TOGETHER or len(event.iterations) >= MANY:
                    self._gather()
            case Started():
                self._start(event.iteration)
            case Edited():
                self._edit(Happening(event.iteration, event.path, event.old, event.new))
            case Diagnosed(resolved=False):
                known = DETECTORS.get(event.finding.kind)  # a newer release may know others
                title = known.title if known else event.finding.kind
                words = f"{title[0].lower()}{title[1:]}"
                self.happenings.append(Happening(event.iteration, finding=words))
            case _:
                return False
        self.iteration = event.iteration
        return True

    def seconds_at(self, iteration: float) -> float:
        """Return the training time at an iteration, between the rows that are known."""
        longest = max(self.series.values(), key=len)
        if len(longest) == 0:
            return 0.0
        return float(np.interp(iteration, longest.iterations.values, longest.seconds.values))

    def iteration_at(self, seconds: float) -> float:
        """Return the iteration at a training time, between the rows that are known."""
        longest = max(self.series.values(), key=len)
        if len(longest) == 0:
            return 0.0
        return float(np.interp(seconds, longest.seconds.values, longest.iterations.values))

    def _gather(self) -> None:
        waiting, self._waiting = self._waiting, []
        for name in self._series:
            some = [event for event in waiting if name in event.values]
            if some:
                self._series[name].append(
                    np.concatenate([event.iterations for event in some]),
                    np.concatenate([event.seconds for event in some]),
                    np.concatenate([event.values[name] for event in some]),
                )

    def _start(self, iteration: int) -> None:
        """Training begins at an iteration, or goes on from there: what came after it is undone."""
        for series in self.series.values():
            series.cut_after(iteration)
        self.happenings = [h for h in self.happenings if h.iteration <= iteration]
        if iteration > 0:
            self.happenings.append(Happening(iteration))

    def _edit(self, edit: Happening) -> None:
        """Note an edit; those of one drag of a slider become one."""
        last = self.happenings[-1] if self.happenings else None
        if (
            last is not None
            and last.path == edit.path
            and edit.iteration - last.iteration <= max(20, edit.iteration // 100)
        ):
            self.happenings[-1] = Happening(last.iteration, edit.path, last.old, edit.new)
        else:
            self.happenings.append(edit)


def value_words(path: str, value: object) -> str:
    """Write a setting's value for people: choices by their title, numbers without a needless end."""
    choices = row(path).info.choices
    if choices is not None and value in choices:
        return choices[str(value)].title.lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
