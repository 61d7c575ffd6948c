"""Lets all detectors listen: a finding appears once, and is withdrawn when it no longer holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ganstudio.diagnosis import DETECTORS
from ganstudio.diagnosis.detector import Detector, Reading
from ganstudio.diagnosis.findings import Diagnosed, Finding
from ganstudio.engine.events import Edited, Event, Started
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values

REMEDIES = 2  # offered at most


class Diagnosis:
    """Of one training. ``known`` are findings of before that still hold."""

    def __init__(self, experiment: Experiment, known: Iterable[Finding] = ()) -> None:
        self._experiment = experiment
        open_findings = {finding.kind: finding for finding in known}
        self._alarms = [
            _Alarm(name, choice.load()(experiment), open_findings.get(name))
            for name, choice in DETECTORS.items()
        ]

    def handle(self, event: Event) -> list[Diagnosed]:
        """What an event gives reason to say."""
        if isinstance(event, Edited):
            self._experiment = with_values(self._experiment, {event.path: event.new})
            for alarm in self._alarms:
                alarm.adopt(self._experiment)
            return []
        return [said for alarm in self._alarms if (said := alarm.handle(event)) is not None]


class _Alarm:
    """One detector, and whether its finding stands."""

    def __init__(self, kind: str, detector: Detector, finding: Finding | None) -> None:
        self._kind = kind
        self._detector = detector
        self._finding = finding
        self._against = 0  # readings in a row that speak against what stands

    def adopt(self, experiment: Experiment) -> None:
        """Go on under other settings; what was read before counts no more."""
        self._detector.experiment = experiment
        self._against = 0

    def handle(self, event: Event) -> Diagnosed | None:
        if self._finding and isinstance(event, Started) and not self._detector.applies():
            finding, self._finding = self._finding, None  # a fork changed what it was about
            return Diagnosed(event.iteration, finding, resolved=True)
        reading = self._detector.read(event)
        if reading is None:
            return None
        contrary = "well" if self._finding else "ill"
        self._against = self._against + 1 if reading.state == contrary else 0
        if self._against < self._detector.patience:
            return None
        self._against = 0
        if self._finding is None:
            self._finding = self._make(reading)
            return Diagnosed(reading.iteration, self._finding)
        finding, self._finding = self._finding, None
        return Diagnosed(reading.iteration, finding, resolved=True)

    def _make(self, reading: Reading) -> Finding:
        detector = self._detector
        return Finding(
            self._kind,
            reading.iteration,
            reading.sentence,
            reading.evidence,
            detector.meaning,
            tuple(detector.remedies()[:REMEDIES]),
        )


def diagnosed(
    events: Iterable[Event], experiment: Experiment, known: Iterable[Finding] = ()
) -> Iterator[Event]:
    """The events of a training, each followed by what it gives reason to say."""
    diagnosis = Diagnosis(experiment, known)
    for event in events:
        yield event
        yield from diagnosis.handle(event)
