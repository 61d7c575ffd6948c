"""``ganstudio self-check``: check that this installation computes right."""

from __future__ import annotations

import argparse
import json

from ganstudio.cli.arguments import FAULT, Commands, add_device
from ganstudio.cli.say import say


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "self-check",
        help="check that this installation computes right",
        description="Compute figures that are known in closed form with the functions that training calls, "
        "and compare; the exit status is 1 where one is wrong.",
    )
    add_device(parser)
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check and print; returns the exit status."""
    from ganstudio.studies.self_check import self_check

    report = self_check(arguments.device)
    say(json.dumps(report.as_json(), indent=1) if arguments.json else report.text())
    return 0 if report.passed else FAULT
