"""Checkpoints.

The whole state of training as one folder of safetensors with a state.json that was written last.

``checkpoints/00000500/`` is complete or does not exist: it is written under another name, and renamed. Where
it takes the place of an earlier state of the same iteration, that one is called ``00000500.old`` for the
moment between the two renames.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ganstudio.engine.events import Snapshot
from ganstudio.errors import UserError
from ganstudio.session.files import (
    DIGITS,
    PART,
    read_json,
    read_tensors,
    remove,
    sync,
    write_json,
    write_tensors,
)

STATE = "state.json"
OLD = ".old"
FORMAT = 1
MOST_THREADS = 4096


def folder_name(iteration: int) -> str:
    """Name of the folder, and stem of the sample files, of an iteration."""
    return f"{iteration:08d}"


def write_checkpoint(folder: Path, snapshot: Snapshot) -> None:
    """Write a snapshot into the folder of checkpoints. Raises OSError, and leaves what was there then."""
    final = folder / folder_name(snapshot.iteration)
    part = folder / f"{PART}{uuid.uuid4().hex[:8]}-{final.name}"
    part.mkdir()
    try:
        files = {
            name: write_tensors(part / f"{name}.safetensors", arrays)
            for name, arrays in snapshot.tensors.items()
        }
        state = {
            "format": FORMAT,
            "iteration": snapshot.iteration,
            "saved": datetime.now().astimezone().isoformat(timespec="seconds"),
            "files": files,
            "numbers": dict(snapshot.numbers),
        }
        write_json(part / STATE, state)
        if final.exists():
            remove(final.with_suffix(OLD))
            final.replace(final.with_suffix(OLD))
        part.replace(final)
        sync(folder)
        remove(final.with_suffix(OLD))
    except BaseException:
        remove(part)
        raise


def read_numbers(folder: Path, iteration: int) -> Mapping[str, Any]:
    """The counters, experiment and other plain values of a checkpoint, whose files are there in full length.

    Raises UserError with one sentence.
    """
    place = _place(folder, iteration)
    numbers, files = _state(place)
    for name, expected in files.items():
        path = place / f"{name}.safetensors"
        if path.is_symlink() or not path.is_file() or path.stat().st_size != expected.get("bytes"):
            raise UserError(f"{path} is missing or was cut off.")
    return numbers


def read_checkpoint(folder: Path, iteration: int) -> Snapshot:
    """Read a checkpoint whole.

    Raises UserError with one sentence where anything of it is missing or damaged.
    """
    place = _place(folder, iteration)
    read_numbers(folder, iteration)  # so that what is cut off is not read at all
    numbers, files = _state(place)
    tensors = {
        name: read_tensors(place / f"{name}.safetensors", expected) for name, expected in files.items()
    }
    return Snapshot(iteration, tensors, numbers)


def list_checkpoints(folder: Path) -> list[int]:
    """Iterations of the checkpoints, ascending; some may turn out to be damaged."""
    try:
        names = {
            path.name.removesuffix(OLD)
            for path in folder.iterdir()
            if path.is_dir() and not path.is_symlink()
        }
    except OSError:
        return []
    return sorted(int(name) for name in names if name.isdecimal() and 8 <= len(name) <= DIGITS)


def saved_at(folder: Path, iteration: int) -> str:
    """When a checkpoint was saved (ISO 8601); of an early release's the time of its file. "" if not known."""
    path = _place(folder, iteration) / STATE
    try:
        saved = read_json(path).get("saved")
        moment = datetime.fromisoformat(saved) if saved else datetime.fromtimestamp(path.stat().st_mtime)
    except (UserError, OSError, OverflowError, TypeError, ValueError):
        return ""
    return moment.astimezone().isoformat(timespec="seconds")


def size(folder: Path, iteration: int) -> int:
    """Bytes of a checkpoint's files."""
    try:
        return sum(path.stat().st_size for path in _place(folder, iteration).iterdir())
    except OSError:  # it retired meanwhile
        return 0


def keep_only(folder: Path, kept: Collection[int]) -> None:
    """Remove the checkpoints that are not ``kept``. Raises OSError."""
    for iteration in list_checkpoints(folder):
        if iteration not in kept:
            _retire(folder, iteration)


def drop_after(folder: Path, iteration: int) -> None:
    """Remove the checkpoints after an iteration, from which training does not go on. Raises OSError."""
    for later in reversed(list_checkpoints(folder)):
        if later > iteration:
            _retire(folder, later)


def tidy(folder: Path) -> None:
    """Put right what a crash left behind.

    Incomplete folders go, a state that had been set aside comes back.
    """
    for path in folder.iterdir():
        if path.name.startswith(PART):
            remove(path)
        elif path.suffix == OLD:
            if path.with_suffix("").exists():
                remove(path)
            else:
                path.replace(path.with_suffix(""))


def _retire(folder: Path, iteration: int) -> None:
    """Remove a checkpoint, so that a crash leaves it whole or not at all."""
    final = folder / folder_name(iteration)
    for path in (final, final.with_suffix(OLD)):
        if path.exists():
            part = folder / f"{PART}{uuid.uuid4().hex[:8]}-{final.name}"
            path.replace(part)
            remove(part)


def _place(folder: Path, iteration: int) -> Path:
    final = folder / folder_name(iteration)
    old = final.with_suffix(OLD)
    return old if old.exists() and not final.exists() else final


def _state(place: Path) -> tuple[dict[str, Any], dict[str, dict[str, int]]]:
    raw = read_json(place / STATE)
    if isinstance(raw.get("format"), int) and raw["format"] > FORMAT:
        raise UserError(f"{place} was written by a newer GAN Studio; update to open it.")
    numbers, files = raw.get("numbers"), raw.get("files")
    if not isinstance(numbers, dict) or not isinstance(files, dict) or not all(map(_is_entry, files.items())):
        raise UserError(f"{place / STATE} is damaged: it does not hold what it should.")
    if not is_sound(numbers):
        raise UserError(f"{place / STATE} is damaged: it does not hold what it should.")
    return numbers, files


def is_sound(numbers: Mapping[str, Any]) -> bool:
    """Whether the plain values of a state are of the kinds and sizes that training writes."""
    counts = (numbers.get(name) for name in ("iteration", "critic_steps", "critic_step"))
    threads, loader = numbers.get("threads"), numbers.get("loader")
    last, names = numbers.get("last"), numbers.get("class_names", [])
    return (
        all(isinstance(count, int) and count >= 0 for count in counts)
        and isinstance(numbers.get("seconds"), (int, float))
        and isinstance(numbers.get("device"), str)
        and isinstance(threads, int)
        and 1 <= threads <= MOST_THREADS
        and isinstance(numbers.get("experiment"), dict)
        and isinstance(loader, dict)
        and all(isinstance(value, int) for value in loader.values())
        and isinstance(last, dict)
        and all(value is None or isinstance(value, (int, float)) for value in last.values())
        and isinstance(names, list)
        and all(isinstance(name, str) for name in names)
    )


def _is_entry(entry: tuple[str, Any]) -> bool:
    """Whether a name can only mean a file in the folder itself, and comes with what it should hold."""
    name, expected = entry
    return name.replace("_", "").isalnum() and isinstance(expected, dict)
