"""``python -m tests.bench NAME``: measures one thing and prints it."""

from __future__ import annotations

import argparse

from tests.bench import training


def main() -> None:
    """Run the benchmark that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="NAME")
    training.add_to(commands.add_parser("training", help="the engine against a plain script"))
    arguments = parser.parse_args()
    arguments.run(arguments)


main()
