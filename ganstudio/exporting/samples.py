"""Samples as a folder of pictures, or of points as a table."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import count, zip_longest
from pathlib import Path

from ganstudio.data.dataset import Progress
from ganstudio.experiment.fields import Settings, setting
from ganstudio.exporting.source import Source

WHAT = "Drawing samples"


class Options(Settings):
    """Which samples to draw."""

    count: int = setting(64, title="Samples", help="How many samples to draw.", ge=1, le=1_000_000)
    seed: int = setting(0, title="Seed", help="The same seed draws the same samples.", ge=0, le=2**63 - 1)
    label: str = setting(
        "",
        title="Class",
        help="Draw only samples of this class, by its name; empty draws all classes in turn.",
        alias="class",
        max_length=200,
    )
    truncation: float = setting(
        0.0,
        title="Truncation",
        help="Keep every number of z between -T and T: truer to the data, less varied. 0 keeps all of z.",
        source="Brock et al. 2019, section 3.1",
        ge=0,
        le=100,
    )
    device: str = setting(
        "cpu", title="Device", help="Where to compute: auto, cpu, cuda:0, ...", max_length=40
    )


def export(source: Source, out: Path, options: Options, progress: Progress) -> int:
    """Write 00000.png and so on, with classes in folders of their names; of points samples.csv."""
    from ganstudio.engine.sampling import sample_batches
    from ganstudio.session.pictures import single_image

    progress("Reading the checkpoint", 0, 0)
    snapshot = source.snapshot
    out.mkdir()
    done = 0
    folders = folder_names(snapshot.numbers.get("class_names", []))
    digits = max(5, len(str(options.count - 1)))
    batches = sample_batches(
        snapshot,
        count=options.count,
        seed=options.seed,
        device=options.device,
        label=options.label or None,
        truncation=options.truncation or None,
        in_turn=True,
    )
    for samples, classes in batches:
        if samples.ndim == 2:
            progress(WHAT, done, options.count)
            _add_points(out / "samples.csv", samples.tolist(), classes)
            done += len(samples)
            continue
        for one, name in zip_longest(samples, classes):
            progress(WHAT, done, options.count)
            folder = out / folders[name] if name else out
            folder.mkdir(exist_ok=True)
            single_image(one).save(folder / f"{done:0{digits}d}.png", "PNG")
            done += 1
    progress(WHAT, done, options.count)
    return snapshot.iteration


def _add_points(path: Path, points: list[list[float]], classes: list[str]) -> None:
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(["x", "y", *(["class"] if classes else [])])
        writer.writerows([*point, *classes[i : i + 1]] for i, point in enumerate(points))


def folder_names(classes: Iterable[str]) -> dict[str, str]:
    """A folder's name for each class; where two would share one, also on systems that fold case, numbered."""
    folders: dict[str, str] = {}
    taken: set[str] = set()
    for name in classes:
        plain = "".join(c if c.isalnum() or c in " -_" else "-" for c in name).strip() or "-"
        numbered = (plain if n == 1 else f"{plain} ({n})" for n in count(1))
        folders[name] = next(folder for folder in numbered if folder.casefold() not in taken)
        taken.add(folders[name].casefold())
    return folders
