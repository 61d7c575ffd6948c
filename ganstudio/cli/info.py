"""``ganstudio info``: what a session holds."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ganstudio.cli.arguments import Commands, add_session
from ganstudio.cli.say import complain, plain, say


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "info", help="tell what a session holds", description="Tell what a session holds."
    )
    add_session(parser)
    parser.add_argument("--json", action="store_true", help="print it as JSON, with the whole experiment")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print it."""
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)
    known = session.info()
    if arguments.json:
        say(json.dumps(known, indent=1))
        return 0
    for sentence in known["problems"]:
        complain(sentence)
    for title, value in _lines(known, session.current_experiment.name):
        say(plain(f"{title:<24}{value}"))
    return 0


def _checkpoints(known: dict[str, Any]) -> str:
    return ", ".join(f"{i} (pinned)" if i in known["pinned"] else str(i) for i in known["checkpoints"])


def _origin(parent: dict[str, Any]) -> str:
    return f"{parent['path']} at iteration {parent['iteration']:,}"


def _lines(known: dict[str, Any], experiment: str) -> list[tuple[str, str]]:
    lines = [
        ("Session", known["path"]),
        ("Experiment", f"{experiment} ({known['experiment']['data']['source']})"),
        ("Created", known["created"]),
        ("Iteration", f"{known['iteration']:,} ({known['critic_steps']:,} critic steps)"),
        ("Training time", f"{known['seconds']:.1f} s"),
        ("Device", known["device"] or "none yet"),
        ("Checkpoints", _checkpoints(known) or "none yet"),
        ("Live edits", str(known["edits"])),
        *([("Forked from", _origin(known["parent"]))] if known["parent"] else []),
        *([("Notes", " ".join(known["notes"].split()))] if known["notes"] else []),
        *([("Tags", ", ".join(known["tags"]))] if known["tags"] else []),
        ("Sample grid", known["sample_grid"] or "none yet"),
    ]
    last = known["last"].items()
    return lines + [
        (name.replace("_", " ").capitalize(), f"{value:.6g}") for name, value in last if value is not None
    ]
