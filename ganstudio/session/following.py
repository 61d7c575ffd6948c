"""What came to a session since one looked last, as events: for who watches a training from beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ganstudio.engine.events import Edited, Event
from ganstudio.session.replaying import STARTED, diagnoses, read_samples, read_started
from ganstudio.session.session import Session


class Follower:
    """Reads the folder of a session, which another thread or program may be writing meanwhile.

    With ``curves_only`` it reads what has a time axis: Started, Metrics, Evaluated and Edited.
    """

    def __init__(self, path: Path, *, curves_only: bool = False) -> None:
        self.path = path
        self._curves_only = curves_only
        self._began: int | None = None  # when the training that is known began, by the file's clock
        self._forget()

    def read(self) -> list[Event]:
        """What is new since the last call, in the order of a replay; the first time all of it.

        Where training began again, or went back, all of it comes anew, from a Started on. Raises UserError
        where the folder is no session any more, or a file is damaged.
        """
        session = Session.open(self.path)
        started = self.path / STARTED
        if not started.exists():
            return []
        found: list[Event] = []
        began = started.stat().st_mtime_ns
        if began != self._began or session.metrics.newest_iteration() < self._scalars:
            self._forget()
            self._began = began
            found.append(read_started(self.path))
        found += self._curves(session)
        if not self._curves_only:
            found += self._views(session)
        return found

    def _forget(self) -> None:
        self._scalars = self._norms = self._picture = -1  # the newest iteration of each that is known
        self._measured: dict[str, int] = {}
        self._figures = self._edits = self._happened = 0  # how many are known

    def _curves(self, session: Session) -> Iterator[Event]:
        if (scalars := session.metrics.scalars(after=self._scalars)) is not None:
            self._scalars = scalars.iteration
            yield scalars
        figures = session.metrics.figures()[self._figures :]
        self._figures += len(figures)
        yield from figures
        record = session.record
        edits = (*record.inherited, *record.edits)[self._edits :]
        self._edits += len(edits)
        yield from (Edited(edit.iteration, edit.path, edit.old, edit.new) for edit in edits)

    def _views(self, session: Session) -> Iterator[Event]:
        for norms in session.metrics.gradient_norms(after=self._norms):
            self._norms = norms.iteration
            yield norms
        happened = session.metrics.events()[self._happened :]
        self._happened += len(happened)
        yield from diagnoses(happened)
        for measured in session.metrics.measured():
            if measured.iteration > self._measured.get(measured.probe, -1):
                self._measured[measured.probe] = measured.iteration
                yield measured
        pictures = session.samples()
        if pictures and int(pictures[-1].stem) > self._picture:
            samples = read_samples(pictures[-1])
            self._picture = samples.iteration
            yield samples
