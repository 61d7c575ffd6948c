"""The checkpoints of a session as a list for people: when, how large, pinned, best, and a picture."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.errors import UserError
from ganstudio.experiment.choices import BEST_BY, NONE
from ganstudio.session import checkpoints
from ganstudio.session.retention import best_of, kept

if TYPE_CHECKING:
    from ganstudio.experiment.training_groups import SavingSettings
    from ganstudio.session.session import Session


@dataclass(frozen=True)
class CheckpointEntry:
    """One checkpoint.

    ``saved`` is ISO 8601, ``seconds`` training time, ``size`` bytes, ``picture`` the nearest samples at or
    before it, ``problem`` why it cannot be used ("" where it can), ``figure`` the value of the figure that
    ``saving.best_by`` names, as it was last known then.
    """

    iteration: int
    saved: str
    seconds: float
    size: int
    pinned: bool
    best: bool
    picture: Path | None
    problem: str
    figure: float | None


def list_entries(session: Session) -> list[CheckpointEntry]:
    """The entries, ascending; reads names, sizes and plain values only."""
    folder = session.path / "checkpoints"
    iterations = session.checkpoints()
    try:
        pinned = session.annotations.pinned
    except UserError:
        pinned = frozenset()
    figures, best = _best(session, iterations, _saving(session))
    pictures = session.samples()
    stems = [int(picture.stem) for picture in pictures]
    entries = []
    for iteration in iterations:
        seconds, problem = 0.0, ""
        try:
            seconds = float(checkpoints.read_numbers(folder, iteration).get("seconds", 0.0))
        except UserError as error:
            problem = str(error)
        at = bisect_right(stems, iteration)
        entries.append(
            CheckpointEntry(
                iteration,
                checkpoints.saved_at(folder, iteration),
                seconds,
                checkpoints.size(folder, iteration),
                iteration in pinned,
                iteration == best,
                pictures[at - 1] if at else None,
                problem,
                figures[iteration],
            )
        )
    return entries


def prune(session: Session, saving: SavingSettings) -> None:
    """Remove the checkpoints that are not to stay. Raises OSError; with damaged pins nothing is removed."""
    iterations = session.checkpoints()
    try:
        pinned = session.annotations.pinned
        best = _best(session, iterations, saving)[1]
    except UserError:
        return
    stay = kept(iterations, newest=saving.keep, every=saving.keep_every, pinned=pinned, best=best)
    checkpoints.keep_only(session.path / "checkpoints", stay)


def _saving(session: Session) -> SavingSettings:
    try:
        return session.current_experiment.saving
    except UserError:  # no checkpoint is good
        return session.experiment.saving


def _best(
    session: Session, iterations: list[int], saving: SavingSettings
) -> tuple[dict[int, float | None], int | None]:
    """The chosen figure at each checkpoint, and the checkpoint where it is best."""
    if saving.best_by == NONE:
        return dict.fromkeys(iterations), None
    figures = session.metrics.values_at(saving.best_by, iterations)
    higher = saving.best_by in BEST_BY.with_trait("higher")
    return figures, best_of(figures, higher_is_better=higher)
