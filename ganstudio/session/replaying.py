"""The stored history as the events that made it, so that panels show a reopened session by listening."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ganstudio.data.dataset import Modes
from ganstudio.diagnosis.findings import Diagnosed, Finding, from_json
from ganstudio.engine.events import Edited, Event, Samples, Started, Trouble
from ganstudio.errors import UserError
from ganstudio.session.checkpoints import folder_name
from ganstudio.session.files import read_json, read_tensors, replacing, write_json, write_tensors
from ganstudio.session.metrics_reader import MetricsReader, StoredEvent
from ganstudio.session.pictures import Floats, points_plot, read_grid, write_grid
from ganstudio.session.schema import Edit

STARTED, REAL = "started.json", "real.safetensors"
_PLAIN = (
    "iteration",
    "target_iteration",
    "device",
    "device_title",
    "dataset_size",
    "generator_parameters",
    "critic_parameters",
)


def write_started(session: Path, event: Started) -> None:
    """Keep what panels need to know of a training: shapes, real samples, true modes. Raises OSError."""
    modes = event.modes and {
        "centres": np.asarray(event.modes.centres).tolist(),
        "std": float(event.modes.std),
    }
    values: dict[str, Any] = {name: getattr(event, name) for name in _PLAIN}
    values |= {
        "held_out_size": event.held_out_size,
        "sample_shape": list(event.sample_shape),
        "skipped": [list(pair) for pair in event.skipped],
        "modes": modes,
    }
    write_tensors(session / REAL, {"real": event.real})
    write_json(session / STARTED, values)


def read_started(session: Path) -> Started:
    """The last Started event. Raises UserError with one sentence."""
    path = session / STARTED
    raw, tensors = read_json(path), read_tensors(session / REAL)
    try:
        modes = raw["modes"] and Modes(
            np.array(raw["modes"]["centres"], np.float64).reshape(-1, 2), float(raw["modes"]["std"])
        )
        shape = tuple(int(side) for side in raw["sample_shape"])
        real = np.asarray(tensors["real"], np.float32)
        if real.shape[1:] != shape:
            raise ValueError(shape)
        if not all(isinstance(raw[name], str if "device" in name else int) for name in _PLAIN):
            raise TypeError(_PLAIN)
        skipped = tuple((str(name), str(why)) for name, why in raw["skipped"])
        return Started(
            **{name: raw[name] for name in _PLAIN},
            sample_shape=shape,
            real=real,
            modes=modes,
            skipped=skipped,
            held_out_size=int(raw.get("held_out_size", 0)),  # not there in sessions of the first releases
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        raise UserError(f"{path} is damaged: it does not hold what it should.") from None


def write_samples(folder: Path, event: Samples, real: Floats | None) -> None:
    """Write samples as a picture; of points the points themselves too. Raises OSError."""
    stem = folder_name(event.iteration)
    if event.generated.ndim == 2:
        write_tensors(folder / f"{stem}.safetensors", {"points": event.generated})
    with replacing(folder / f"{stem}.png") as part:
        if event.generated.ndim == 4:
            write_grid(part, event.generated)
        else:
            points_plot(event.generated, event.generated if real is None else real).save(part, "PNG")


def read_samples(picture: Path) -> Samples:
    """The samples behind a picture of the folder ``samples``. Raises UserError with one sentence."""
    points = picture.with_suffix(".safetensors")
    if not os.path.lexists(points):
        return Samples(int(picture.stem), read_grid(picture))
    generated = read_tensors(points).get("points")
    if generated is None or generated.ndim != 2 or generated.shape[1] != 2 or not len(generated):
        raise UserError(f"{points} is damaged: it does not hold what it should.")
    return Samples(int(picture.stem), np.asarray(generated, np.float32))


def replay(
    session: Path, pictures: list[Path], metrics: MetricsReader, edits: tuple[Edit, ...], up_to: int | None
) -> Iterator[Event]:
    """Yield the history up to an iteration.

    Started, Metrics (of some thousand iterations each), GradientNorms, Evaluated, Edited, Trouble,
    Diagnosed, of each probe the newest Measured, Samples.

    Nothing is yielded of a session that never started. Raises UserError where a file is damaged.
    """
    if not (session / STARTED).exists():
        return
    yield read_started(session)
    yield from metrics.scalar_parts(up_to)
    yield from metrics.gradient_norms(up_to)
    yield from metrics.figures(up_to)
    limit = float("inf") if up_to is None else up_to
    for edit in edits:
        if edit.iteration <= limit:
            yield Edited(edit.iteration, edit.path, edit.old, edit.new)
    happened = metrics.events(up_to)
    yield from (trouble(event) for event in happened if event.kind == "trouble")
    yield from diagnoses(happened)
    yield from metrics.measured(up_to)
    shown = [picture for picture in pictures if int(picture.stem) <= limit]
    if shown:
        yield read_samples(shown[-1])


def diagnoses(events: Iterable[StoredEvent]) -> Iterator[Diagnosed]:
    """What was diagnosed. Raises UserError where a row is none."""
    for event in events:
        if event.kind == "diagnosed":
            try:
                yield from_json(event.iteration, event.data)
            except (KeyError, TypeError, ValueError):
                raise UserError(f"What was diagnosed at iteration {event.iteration} is damaged.") from None


def standing(events: Iterable[StoredEvent]) -> tuple[Finding, ...]:
    """The findings that still hold at the end of these events."""
    found: dict[str, Finding] = {}
    for said in diagnoses(events):
        found.pop(said.finding.kind, None)
        if not said.resolved:
            found[said.finding.kind] = said.finding
    return tuple(found.values())


def trouble(event: StoredEvent) -> Trouble:
    """The trouble that a row tells of."""
    data = event.data
    return Trouble(
        event.iteration, event.text, str(data.get("detail", "")), fatal=bool(data.get("fatal", True))
    )
