"""``ganstudio presets``: the ready-made experiments."""

from __future__ import annotations

import argparse
import json
import textwrap

from ganstudio.cli.arguments import Commands
from ganstudio.cli.say import say


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "presets", help="list the ready-made experiments", description="List the ready-made experiments."
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--json", action="store_true", help="print everything about them as JSON")
    which.add_argument(
        "--show", metavar="NAME", help="print one as an experiment file (TOML) to change and train"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print them."""
    from ganstudio.experiment.files import experiment_toml, preset, presets

    if arguments.show is not None:
        say(experiment_toml(preset(arguments.show).experiment).rstrip())
    elif arguments.json:
        listed = [
            {
                "name": p.name,
                "title": p.title,
                "summary": p.summary,
                "expect": p.expect,
                "time": p.time,
                "iterations": p.iterations,
                "experiment": p.experiment.model_dump(),
            }
            for p in presets().values()
        ]
        say(json.dumps(listed, indent=1))
    else:
        width = max(len(name) for name in presets())
        for p in presets().values():
            text = f"{p.title}: {p.summary} ({p.iterations:,} iterations, {p.time})"
            say(
                textwrap.fill(
                    text, 100, initial_indent=f"{p.name:<{width}}  ", subsequent_indent=" " * (width + 2)
                )
            )
    return 0
