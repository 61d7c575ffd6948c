"""Doing an export: the target appears whole, or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ganstudio import __version__
from ganstudio.data.dataset import Progress, silent
from ganstudio.errors import UserError
from ganstudio.experiment.fields import Settings
from ganstudio.exporting.kinds import ending, kind_named, missing, read_options
from ganstudio.exporting.source import Source
from ganstudio.registry import Choice
from ganstudio.session.files import PART, read_json, reason, remove, sync, write_json

ABOUT = "export.json"  # in every folder that is exported; it tells such a folder from any other


@dataclass(frozen=True)
class Order:
    """What to export, and where to.

    ``kind`` is a name of EXPORTS, ``options`` are the kind's (None: the defaults). ``at`` is the iteration of
    a checkpoint (of a history: its last iteration), None the newest. A target that exists is replaced only
    with ``overwrite``, and a folder only where it is an earlier export of the same kind.
    """

    kind: str
    session: Path
    out: Path
    options: Settings | None = None
    at: int | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class Exported:
    """What was written, the iteration that it shows, and what had to be passed over."""

    path: Path
    iteration: int
    problems: tuple[str, ...] = ()


def export(order: Order, progress: Progress = silent) -> Exported:
    """Do an export, also while the session is being written.

    Raises UserError with one sentence for everything that a person can mend, and what ``progress`` raises
    (Cancelled); then nothing is left behind.
    """
    kind = kind_named(order.kind)
    if sentence := missing(kind):
        raise UserError(sentence)
    if order.at is not None and "session" in kind.traits:
        raise UserError("A session is exported as a whole, not at one of its checkpoints.")
    source = Source(order.session, order.at)
    out = order.out.expanduser().absolute()
    check_target(kind, out, source.session.path, overwrite=order.overwrite)
    options = read_options(kind, {}) if order.options is None else order.options
    progress(kind.title, 0, 0)
    try:
        with _target(out) as part:
            iteration: int = kind.load().export(source, part, options, progress)
            if part.is_dir():
                _describe(part, kind, source, iteration)
            progress(kind.title, 0, 0)  # the last chance to cancel
    except OSError as error:
        raise UserError(f"{out} could not be written: {reason(error)}.") from error
    return Exported(out, iteration, source.problems)


def check_target(kind: Choice, out: Path, session: Path, *, overwrite: bool) -> None:
    """Raise UserError where the export cannot or may not be written there."""
    wanted = ending(kind)
    if wanted and out.suffix.lower() != wanted:
        raise UserError(f"The name of this export must end in {wanted}; {out.name} does not.")
    if out == session or out.is_relative_to(session):
        raise UserError(f"An export cannot lie inside its session; choose a place outside {session}.")
    if not (out.exists() or out.is_symlink()):
        return
    if wanted:
        if out.is_dir():
            raise UserError(f"{out} is a folder; give the name of a file.")
        if not overwrite:
            raise UserError(f"{out} is there already; choose another name, or allow it to be overwritten.")
    elif not out.is_dir():
        raise UserError(f"{out} is a file; this export is a folder.")
    elif any(out.iterdir()) and (not overwrite or not _is_export(out, kind)):
        why = "holds files of another kind" if overwrite else "is there already, and not empty"
        raise UserError(f"{out} {why}; choose another folder.")


@contextmanager
def _target(out: Path) -> Iterator[Path]:
    """A path beside ``out`` to write to, which takes its place once the block has ended well."""
    made = [folder for folder in out.parents if not folder.exists()]
    part = out.with_name(f"{PART}{uuid.uuid4().hex[:8]}-{out.name}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        yield part
        _put(part, out)
    except BaseException:
        for leftover in (part, *made):
            with suppress(OSError):
                remove(leftover) if leftover is part else leftover.rmdir()
        raise


def _put(part: Path, out: Path) -> None:
    """Give a finished export its name; of what had that name nothing is lost where this fails."""
    if not part.is_dir():
        sync(part)
        part.replace(out)
    else:
        aside = part.with_name(f"{part.name}-old")
        if out.exists():
            out.replace(aside)
        try:
            part.replace(out)
        except OSError:
            if aside.exists():
                aside.replace(out)
            raise
        remove(aside)
    sync(out.parent)


def _describe(folder: Path, kind: Choice, source: Source, iteration: int) -> None:
    about = {
        "made_by": f"GAN Studio {__version__}",
        "export": kind.name,
        "session": source.session.name,
        "experiment": source.session.experiment.name,
        "iteration": iteration,
    }
    write_json(folder / ABOUT, about)


def _is_export(folder: Path, kind: Choice) -> bool:
    """Whether a folder is an earlier export of this kind, which may be replaced."""
    try:
        return read_json(folder / ABOUT).get("export") == kind.name and os.access(folder, os.W_OK)
    except UserError:
        return False
