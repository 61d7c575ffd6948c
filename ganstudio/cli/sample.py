"""``ganstudio sample``: new samples from a session's generator."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.cli.arguments import (
    Commands,
    add_checkpoint,
    add_device,
    add_session,
    positive_number,
    whole_number,
)
from ganstudio.cli.say import complain, say
from ganstudio.errors import UserError

if TYPE_CHECKING:
    from ganstudio.session.pictures import Floats
    from ganstudio.session.session import Session

GRID_LIMIT = 4096  # images in one picture; a larger one is of no use to anybody


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "sample",
        help="draw samples from a session's generator",
        description="Draw samples from a session's newest generator. The same seed gives the same samples.",
    )
    add_session(parser)
    add_checkpoint(parser)
    parser.add_argument(
        "--count", type=whole_number(1, 10_000_000), metavar="N", required=True, help="how many"
    )
    parser.add_argument(
        "--seed", type=whole_number(0, 2**63 - 1), metavar="S", default=0, help="default: %(default)s"
    )
    parser.add_argument(
        "--out",
        metavar="FILE.png",
        type=Path,
        required=True,
        help="picture: a grid of images, or a plot of 2-D points",
    )
    parser.add_argument(
        "--npz", metavar="FILE", type=Path, help="also as numbers: array 'samples', NCHW in [-1, 1] or (N, 2)"
    )
    parser.add_argument(
        "--each", metavar="FOLDER", type=Path, help="also each image as a PNG of its own in a new folder"
    )
    parser.add_argument(
        "--class",
        metavar="NAME",
        dest="label",
        help="only samples of this class, where the experiment is conditional (default: one class a row)",
    )
    parser.add_argument(
        "--truncation",
        metavar="T",
        type=positive_number,
        help="keep every number of z within -T and T: truer to the data, less varied (for normal latents)",
    )
    add_device(parser, default="cpu")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Draw and write them."""
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)
    _check_names(arguments)
    snapshot = session.latest_snapshot() if arguments.at is None else session.snapshot(arguments.at)
    for sentence in session.problems:
        complain(sentence)
    if snapshot is None:
        raise UserError(f"{session.path} has no checkpoint yet to sample from; train it first.")
    if arguments.each is not None and len(snapshot.numbers["sample_shape"]) == 1:
        raise UserError(
            "--each writes images, and these samples are 2-D points; --npz writes them as numbers."
        )
    from ganstudio.engine.sampling import sample

    samples = sample(
        snapshot,
        count=arguments.count,
        seed=arguments.seed,
        device=arguments.device,
        label=arguments.label,
        truncation=arguments.truncation,
    )
    try:
        _write(arguments, samples, session)
    except OSError as error:
        from ganstudio.session.files import reason

        raise UserError(f"{error.filename or arguments.out} could not be written: {reason(error)}.") from None
    return 0


def _check_names(arguments: argparse.Namespace) -> None:
    if arguments.out.suffix.lower() != ".png":
        raise UserError(f"The picture {arguments.out} must be called something.png.")
    for path in filter(None, (arguments.out, arguments.npz)):
        if path.is_dir():
            raise UserError(f"{path} is a folder; give the name of a file.")
    folder = arguments.each
    if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} is there already and is not an empty folder; choose another for --each.")


def _write(arguments: argparse.Namespace, samples: Floats, session: Session) -> None:
    import numpy as np

    from ganstudio.session.files import replacing
    from ganstudio.session.pictures import image_grid, single_image

    for path in filter(None, (arguments.out, arguments.npz)):
        path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(arguments.out.absolute()) as part:
        if samples.ndim == 4:
            image, about = image_grid(samples[:GRID_LIMIT])
            image.save(part, "PNG", pnginfo=about)
        else:
            _plot(samples, session, part)
    shown = min(len(samples), GRID_LIMIT) if samples.ndim == 4 else len(samples)
    say(f"{arguments.out}: {shown:,} of {len(samples):,} samples")
    if arguments.npz is not None:
        with replacing(arguments.npz.absolute()) as part, part.open("wb") as file:
            np.savez(file, samples=samples)
        say(f"{arguments.npz}: array 'samples' {samples.shape}")
    if arguments.each is not None:
        arguments.each.mkdir(parents=True, exist_ok=True)
        digits = max(5, len(str(len(samples) - 1)))
        for index, one in enumerate(samples):
            single_image(one).save(arguments.each / f"{index:0{digits}d}.png", "PNG")
        say(f"{arguments.each}: {len(samples):,} PNG files")


def _plot(samples: Floats, session: Session, path: Path) -> None:
    """Plot points in front of the real ones, in the same axes as while training."""
    from ganstudio.session.pictures import points_plot
    from ganstudio.session.replaying import read_started

    points_plot(samples, read_started(session.path).real).save(path, "PNG")
