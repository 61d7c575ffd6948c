"""The history as a TensorBoard event file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from ganstudio.data.dataset import Progress
from ganstudio.engine.events import Metrics
from ganstudio.errors import UserError
from ganstudio.experiment.fields import Settings, setting
from ganstudio.exporting import event_file
from ganstudio.exporting.event_file import EventFile
from ganstudio.exporting.source import Source

REPORT_EVERY = 1000  # rows

Clock = Callable[[int], float]  # iteration -> seconds since 1970


class Options(Settings):
    """What to write beside the scalars."""

    pictures: int = setting(
        50,
        title="Sample grids at most",
        help="How many of the sample grids to write, spread evenly; 0 writes none.",
        ge=0,
        le=1000,
    )
    histograms: bool = setting(
        default=True,
        title="Gradient norms",
        help="Write a histogram of the gradient norms of every probed batch.",
    )


def export(source: Source, out: Path, options: Options, progress: Progress) -> int:
    """Write one event file; wall time is the session's beginning plus training time, pauses left out."""
    scalars = source.scalars()
    began = datetime.fromisoformat(source.session.record.created).timestamp()

    def clock(iteration: int) -> float:
        return began + float(np.interp(iteration, scalars.iterations, scalars.seconds))

    out.mkdir()
    with EventFile(out / f"events.out.tfevents.{round(began)}.ganstudio", began) as file:
        _write_scalars(file, scalars, began, progress)
        for evaluated in source.figures():
            values = {f"quality/{name}": value for name, value in evaluated.figures.items()}
            file.add(evaluated.iteration, clock(evaluated.iteration), event_file.scalars(values))
        if options.histograms:
            _write_norms(file, source, clock, progress)
        if options.pictures:
            _write_pictures(file, source, options.pictures, clock, progress)
    return scalars.iteration


def _write_scalars(file: EventFile, scalars: Metrics, began: float, progress: Progress) -> None:
    tags = {name: f"{'gradients' if 'gradient' in name else 'losses'}/{name}" for name in scalars.values}
    rows = zip(*(values.tolist() for values in scalars.values.values()), strict=True)
    moments = zip(scalars.iterations.tolist(), scalars.seconds.tolist(), rows, strict=True)
    for done, (iteration, seconds, row) in enumerate(moments):
        if done % REPORT_EVERY == 0:
            progress("Writing scalars", done, len(scalars.iterations))
        values = event_file.scalars(dict(zip(tags.values(), row, strict=True)))
        if values:
            file.add(iteration, began + seconds, values)


def _write_norms(file: EventFile, source: Source, clock: Clock, progress: Progress) -> None:
    batches = source.gradient_norms()
    for done, batch in enumerate(batches):
        progress("Writing gradient norms", done, len(batches))
        norms = batch.norms[np.isfinite(batch.norms)]
        if len(norms):
            value = event_file.histogram(f"gradient_norms/{batch.place}", norms)
            file.add(batch.iteration, clock(batch.iteration), [value])


def _write_pictures(file: EventFile, source: Source, most: int, clock: Clock, progress: Progress) -> None:
    from PIL import Image

    from ganstudio.exporting.frames import evenly

    pictures = evenly(source.pictures(), most)
    for done, path in enumerate(pictures):
        progress("Writing sample grids", done, len(pictures))
        try:
            with Image.open(path, formats=["PNG"]) as image:
                size, grey = image.size, image.mode == "L"
            content = path.read_bytes()
        except (OSError, SyntaxError):
            raise UserError(f"{path} is damaged: it is not a picture of samples.") from None
        iteration = int(path.stem)
        file.add(iteration, clock(iteration), [event_file.picture("samples", content, *size, grey=grey)])
