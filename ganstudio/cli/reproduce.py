"""``ganstudio reproduce``: findings of the papers, measured anew."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

from ganstudio.cli.arguments import FAULT, Commands, whole_number
from ganstudio.cli.say import say
from ganstudio.errors import UserError

LARGEST_SEED = 2**31 - 1


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "reproduce",
        help="measure a finding of the papers anew",
        description="Measure a finding of the papers anew, with pictures, numbers and a verdict on each "
        "claim; the exit status is 1 where a claim does not hold.",
    )
    parser.add_argument("study", metavar="NAME", nargs="?", help="the study (see --list)")
    parser.add_argument("--list", action="store_true", help="list the studies")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="new folder for what is found")
    parser.add_argument(
        "--seeds", metavar="S", nargs="+", type=whole_number(0, LARGEST_SEED),
        help="starts of all random numbers; each is a repetition (default: the study's own)",
    )  # fmt: skip
    parser.add_argument(
        "--quick", action="store_true", help="seconds instead of minutes; shows the direction only"
    )
    parser.add_argument(
        "--threads",
        type=whole_number(1, 4096),
        metavar="N",
        help="processor threads (default: all cores but one)",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run a study and say what holds; returns the exit status."""
    if arguments.list:
        return _list()
    if arguments.study is None:
        raise UserError("Name the study to reproduce; ganstudio reproduce --list lists what there is.")
    if arguments.out is None:
        raise UserError("Give a new folder for what is found: --out FOLDER.")

    from ganstudio.cli import display as displays
    from ganstudio.studies.reproducing import reproduce
    from ganstudio.studies.study import Request

    display = displays.choose(quiet=arguments.quiet)
    request = Request(
        seeds=None if arguments.seeds is None else tuple(dict.fromkeys(arguments.seeds)),
        quick=arguments.quick,
        threads=arguments.threads,
        progress=display.loading,
    )
    with display:
        outcome = reproduce(arguments.study, request, arguments.out)
    for claim in outcome.claims:
        say(str(claim))
    say(f"Pictures, numbers and report.md are in {arguments.out.expanduser().absolute()}")
    return 0 if all(claim.holds for claim in outcome.claims) else FAULT


def _list() -> int:
    from ganstudio.studies import STUDIES

    width = max(map(len, STUDIES))
    for study in STUDIES.values():
        text = f"{study.title}. {study.help} ({study.source})"
        say(
            textwrap.fill(
                text, 100, initial_indent=f"{study.name:<{width}}  ", subsequent_indent=" " * (width + 2)
            )
        )
    return 0
