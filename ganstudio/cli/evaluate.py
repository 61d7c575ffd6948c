"""``ganstudio evaluate``: figures of quality of a session's generator."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.cli.arguments import Commands, add_checkpoint, add_device, add_session, whole_number
from ganstudio.cli.progress import told
from ganstudio.cli.say import complain, say
from ganstudio.errors import UserError
from ganstudio.metrics import FIGURES

if TYPE_CHECKING:
    from ganstudio.engine.events import Evaluated
    from ganstudio.evaluation.features import Extractor

DOWNLOAD = "download"
HIDDEN = ("spread", "on_request")  # the first stands beside the values


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "evaluate",
        help="judge a session's generator",
        description="Compute figures of quality of a session's generator against its data, and keep them in "
        "the session. Each is stated with its sample counts, seeds and features.",
        epilog="Figures: " + "; ".join(f"{name}: {choice.title}" for name, choice in FIGURES.items()) + ".",
    )
    add_session(parser)
    add_checkpoint(parser)
    parser.add_argument(
        "--metrics", metavar="NAME", nargs="+", default=[], help="figures (default: all that can be had here)"
    )
    parser.add_argument(
        "--samples", type=whole_number(20, 10**6), metavar="N", default=2000,
        help="samples to judge, and as many real ones (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--seed", type=whole_number(0), metavar="S", default=0, help="default: %(default)s")
    parser.add_argument(
        "--seeds", type=whole_number(1, 100), metavar="N", default=1,
        help="how many seeds, which give a spread (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--inception", metavar="FILE",
        help="weights of Inception v3 (.safetensors or .pth, original or torchvision), for FID, KID "
        f'and IS; "{DOWNLOAD}" takes those of torchvision, downloaded at the first time (104 MB)',
    )  # fmt: skip
    parser.add_argument(
        "--split", choices=("training", "held-out"), default="training",
        help="the real samples to compare with: those of the training, or those held out from it "
        "(default: %(default)s)",
    )  # fmt: skip
    add_device(parser, default="cpu")
    parser.add_argument("--json", action="store_true", help="print figures and facts as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Judge and print."""
    from ganstudio.evaluation.evaluate import Request
    from ganstudio.session.judging import judge_session, keep
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)
    request = Request(
        figures=tuple(arguments.metrics),
        samples=arguments.samples,
        seeds=tuple(range(arguments.seed, arguments.seed + arguments.seeds)),
        device=arguments.device,
        split=arguments.split,
    )
    inception = None
    if arguments.inception is not None:
        inception = _inception(arguments.inception, arguments.device)
    with told() as progress:
        evaluated = judge_session(session, request, at=arguments.at, inception=inception, progress=progress)
    for sentence in session.problems:
        complain(sentence)
    try:
        keep(session, evaluated)
    except UserError as error:
        complain(f"The figures are not kept in the session: {error}")
    if arguments.json:
        said = {
            "iteration": evaluated.iteration,
            "figures": dict(evaluated.figures),
            "facts": dict(evaluated.facts),
        }
        say(json.dumps(said, indent=1))
    else:
        for line in lines(evaluated):
            say(line)
    return 0


def _inception(given: str, device: str) -> Extractor:
    from ganstudio.evaluation.inception import inception_of
    from ganstudio.evaluation.inception_download import download_inception

    path = Path(given)
    if given == DOWNLOAD:
        with told() as progress:
            path = download_inception(progress)
    return inception_of(path, device)


def lines(evaluated: Evaluated) -> list[str]:
    """A table of the figures, and below it what they were computed from."""
    spread: dict[str, float] = evaluated.facts.get("spread", {})
    found = [f"Iteration {evaluated.iteration:,}"]
    for name, value in evaluated.figures.items():
        choice = FIGURES[name]
        better = "lower is better" if "lower" in choice.traits else ""
        better = "higher is better" if "higher" in choice.traits else better
        better = "best at 1" if "near-one" in choice.traits else better
        around = f" ± {spread[name]:.2g}" if name in spread else ""
        found.append(f"  {choice.title:<56}{value:>10.4g}{around}  {better}".rstrip())
    return [
        *found,
        *(f"  {_fact(name, value)}" for name, value in evaluated.facts.items() if name not in HIDDEN),
    ]


def _fact(name: str, value: Any) -> str:
    if isinstance(value, dict):
        value = ", ".join(f"{key.replace('_', ' ')} {item}" for key, item in value.items())
    elif isinstance(value, list):
        value = ", ".join(map(str, value))
    return f"{name.replace('_', ' ').capitalize()}: {value}"
