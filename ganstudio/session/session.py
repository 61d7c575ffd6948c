"""A session: the folder in which a training and everything that it showed is kept."""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ganstudio.data.dataset import Progress, silent
from ganstudio.diagnosis.findings import Finding
from ganstudio.engine.events import SCALARS, Event, Snapshot
from ganstudio.errors import UserError
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse
from ganstudio.session import checkpoints, copying, replaying
from ganstudio.session.annotations import (
    Annotations,
    clean_notes,
    clean_tags,
    read_annotations,
    write_annotations,
)
from ganstudio.session.entries import CheckpointEntry, list_entries
from ganstudio.session.files import reason, remove
from ganstudio.session.metrics import MetricsWriter
from ganstudio.session.metrics_reader import MetricsReader
from ganstudio.session.mirror import Mirror
from ganstudio.session.places import (
    CHECKPOINTS,
    METRICS,
    RECORD,
    SAMPLES,
    ensure_free,
    list_pictures,
    require_own_files,
)
from ganstudio.session.schema import Record, new_record, read_record, write_record


class Session:
    """A session on disk, to read from; ``Recorder`` writes to it."""

    def __init__(self, path: Path, record: Record) -> None:
        """Use ``create`` or ``open``."""
        self.path = path
        self.record = record
        self._mirror = Mirror(path / METRICS)
        self._damaged: dict[int, str] = {}  # checkpoints that could not be read, and why

    @classmethod
    def create(cls, path: Path, experiment: Experiment) -> Session:
        """Make a new session folder. Raises UserError, and leaves nothing, where it cannot be made."""
        path = ensure_free(path)
        made: list[Path] = []
        record = new_record(experiment)
        try:
            for folder in (*reversed(path.parents), path, path / SAMPLES, path / CHECKPOINTS):
                if not folder.exists():
                    folder.mkdir()
                    made.append(folder)
            MetricsWriter(path / METRICS).close()
            write_record(path / RECORD, record)
        except (OSError, sqlite3.Error) as error:
            for leftover in (*path.glob(f"{METRICS}*"), path / RECORD, *reversed(made)):
                with suppress(OSError):
                    remove(leftover)
            why = reason(error) if isinstance(error, OSError) else error
            raise UserError(f"The session {path} could not be made: {why}.") from None
        return cls(path, record)

    @classmethod
    def open(cls, path: Path) -> Session:
        """Open a session folder. Raises UserError with one sentence for anything that is none."""
        path = path.expanduser().absolute()
        if not path.exists():
            raise UserError(f"There is no session {path}.")
        if not os.path.lexists(path / RECORD):
            raise UserError(f"{path} is not a session: it is no folder with a {RECORD} in it.")
        require_own_files(path)
        return cls(path, read_record(path / RECORD))

    @property
    def name(self) -> str:
        """What people call it: the folder's name."""
        return self.path.name

    @property
    def experiment(self) -> Experiment:
        """The experiment as it was at the beginning."""
        return self.record.experiment

    @property
    def current_experiment(self) -> Experiment:
        """The experiment where training would go on: with the live edits of the newest good checkpoint."""
        return self.experiment_at()

    def experiment_at(self, iteration: int | None = None) -> Experiment:
        """The experiment of one checkpoint, by default of the newest good one, as it was then.

        Raises UserError where there is no such checkpoint, or it is damaged.
        """
        if iteration is None:
            numbers = self._latest_numbers()
            return self.experiment if numbers is None else parse(numbers["experiment"])
        self._require(iteration)
        return parse(checkpoints.read_numbers(self.path / CHECKPOINTS, iteration)["experiment"])

    @property
    def metrics(self) -> MetricsReader:
        """The history of scalars, gradient norms and events."""
        return MetricsReader(self.path / METRICS, self._mirror)

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each damaged checkpoint that was passed over so far, and for damaged notes."""
        found = [
            f"The checkpoint of iteration {i} is unusable ({sentence.rstrip('.')}); an earlier one is used."
            for i, sentence in sorted(self._damaged.items())
        ]
        try:
            read_annotations(self.path)
        except UserError as error:
            found.append(f"{str(error).rstrip('.')}; until it is mended no checkpoint retires.")
        return tuple(found)

    def checkpoints(self) -> list[int]:
        """Iterations of which there is a checkpoint, ascending."""
        return checkpoints.list_checkpoints(self.path / CHECKPOINTS)

    def latest_snapshot(self) -> Snapshot | None:
        """The state of the newest checkpoint that is whole; None where none was ever saved.

        A damaged one is passed over, and ``problems`` says so. Raises UserError where all are damaged.
        """
        for iteration in self._candidates():
            try:
                return checkpoints.read_checkpoint(self.path / CHECKPOINTS, iteration)
            except UserError as error:
                self._damaged[iteration] = str(error)
        self._require_none_damaged()
        return None

    def snapshot(self, iteration: int) -> Snapshot:
        """The state of one checkpoint. Raises UserError where there is none, or it is damaged."""
        self._require(iteration)
        return checkpoints.read_checkpoint(self.path / CHECKPOINTS, iteration)

    def checkpoint_entries(self) -> list[CheckpointEntry]:
        """What a list shows of each checkpoint, ascending, without reading a tensor."""
        return list_entries(self)

    @property
    def annotations(self) -> Annotations:
        """Notes, tags and pins as they are on disk now. Raises UserError where they are damaged."""
        return read_annotations(self.path, self.record.notes)

    def annotate(self, *, notes: str | None = None, tags: Iterable[str] | None = None) -> None:
        """Change notes or tags, even while training. Raises UserError for too long ones, and a full disk."""
        now = self.annotations
        if notes is not None:
            now = replace(now, notes=clean_notes(notes))
        if tags is not None:
            now = replace(now, tags=clean_tags(tags))
        write_annotations(self.path, now)

    def pin(self, iteration: int, pinned: bool = True) -> None:  # noqa: FBT001, FBT002 - as one says it
        """Keep a checkpoint whatever ``saving`` says, or no longer. Raises UserError where there is none."""
        now = self.annotations
        if pinned:
            self._require(iteration)
        pins = now.pinned | {iteration} if pinned else now.pinned - {iteration}
        write_annotations(self.path, replace(now, pinned=pins))

    def fork(
        self, path: Path, iteration: int | None = None, *, values: Mapping[str, Any] | None = None
    ) -> Session:
        """A new session that begins with this one's checkpoint (the newest good one), and its history.

        ``values`` are settings to change by dotted path. Raises ExperimentError where one cannot change with
        the state kept, and UserError as ``create`` and ``snapshot`` do.
        """
        from ganstudio.session.forking import fork

        return fork(self, path, iteration, values or {})

    def revert(self, iteration: int) -> None:
        """Go back to a checkpoint; what came after it is removed for good.

        Raises UserError where another program trains into the session, or the checkpoint is not there or
        damaged: nothing is removed then.
        """
        from ganstudio.session.reverting import revert

        revert(self, iteration)

    def settle(self) -> None:
        """Note that the last training was cut short, so that it is not offered for restoring again.

        Raises UserError where another program trains into the session.
        """
        from ganstudio.session.reverting import settle

        settle(self)

    def samples(self) -> list[Path]:
        """The sample pictures, oldest first."""
        return list_pictures(self.path / SAMPLES)

    def info(self) -> dict[str, Any]:
        """What there is to know, as plain JSON without NaN; the state is the newest good checkpoint's."""
        numbers = self._latest_numbers() or {}
        started = replaying.read_started(self.path) if (self.path / replaying.STARTED).exists() else None
        last = numbers.get("last") or {}
        names = (*SCALARS, *(name for name in last if name not in SCALARS))
        samples = self.samples()
        try:
            annotations = self.annotations
        except UserError:  # ``problems`` says so
            annotations = Annotations()
        return {
            "path": str(self.path),
            "name": self.name,
            "created": self.record.created,
            "iteration": numbers.get("iteration", 0),
            "critic_steps": numbers.get("critic_steps", 0),
            "seconds": numbers.get("seconds", 0.0),
            "device": numbers.get("device", started.device if started else None),
            "threads": numbers.get("threads"),
            "last": {name: _finite(last.get(name)) for name in names},
            "checkpoints": self.checkpoints(),
            "edits": len(self.record.edits),
            "parent": None if self.record.parent is None else asdict(self.record.parent),
            "notes": annotations.notes,
            "tags": list(annotations.tags),
            "pinned": sorted(annotations.pinned),
            "sample_grid": str(samples[-1]) if samples else None,
            "modes": started.modes.centres.tolist() if started and started.modes else None,
            "mode_std": started.modes.std if started and started.modes else None,
            "problems": list(self.problems),
            "experiment": self.current_experiment.model_dump(),
        }

    def replay(self) -> Iterator[Event]:
        """The stored history as events, up to where training would go on. Raises UserError where damaged."""
        numbers = self._latest_numbers()
        if numbers is None:
            return replaying.replay(self.path, self.samples(), self.metrics, self.record.edits, None)
        own = self.record.edits_in(numbers["experiment"], numbers["iteration"])
        edits = (*self.record.inherited, *own)
        return replaying.replay(self.path, self.samples(), self.metrics, edits, numbers["iteration"])

    def findings(self, up_to: int) -> tuple[Finding, ...]:
        """The findings of the diagnosis that hold at an iteration. Raises UserError where damaged."""
        return replaying.standing(self.metrics.events(up_to))

    def save_as(self, path: Path, progress: Progress = silent) -> Session:
        """Copy the session, even while it is written. Raises UserError as ``create`` does, and Cancelled."""
        path = ensure_free(path)
        if path.is_relative_to(self.path):
            raise UserError(f"A session cannot be copied into itself; choose a folder outside {self.path}.")
        copying.copy(self.path, path, self.metrics, METRICS, progress)
        return Session.open(path)

    def _require(self, iteration: int) -> None:
        there = self.checkpoints()
        if iteration not in there:
            listed = f"there are {', '.join(map(str, there))}" if there else "there is none yet"
            raise UserError(f"{self.path} has no checkpoint of iteration {iteration}; {listed}.")

    def _candidates(self) -> list[int]:
        return [iteration for iteration in reversed(self.checkpoints()) if iteration not in self._damaged]

    def _latest_numbers(self) -> Mapping[str, Any] | None:
        for iteration in self._candidates():
            try:
                return checkpoints.read_numbers(self.path / CHECKPOINTS, iteration)
            except UserError as error:
                self._damaged[iteration] = str(error)
        self._require_none_damaged()
        return None

    def _require_none_damaged(self) -> None:
        damaged = [iteration for iteration in self.checkpoints() if iteration in self._damaged]
        if damaged:
            raise UserError(
                f"No checkpoint of {self.path} can be used; of the newest: {self._damaged[damaged[-1]]}"
            )


def _finite(value: Any) -> Any:
    return value if not isinstance(value, float) or math.isfinite(value) else None
