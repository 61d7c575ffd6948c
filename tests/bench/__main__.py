"""``python -m tests.bench NAME``: measures one thing and prints it."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

NAMES = {
    "training": "the engine against a plain script",
    "convolutions": "convolutions of our own against the library's, by shape",
    "sharing": "how threads share trainings of several sizes best",
    "window": "what the window costs training, and how late its event loop is",
    "sides": "how late the event loop is while two trainings go on side by side",
    "opening": "how long the window stands still while a long history is opened",
    "start": "how long --help, the window and the first step take",
    "data": "how long images take until they are ready, and whether a step waits for them",
    "memory": "whether memory stays flat",
}


def main() -> None:
    """Run the benchmark that is asked for; only its own modules are imported."""
    listing = "\n".join(f"  {name:<12} {text}" for name, text in NAMES.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=f"{__doc__}\n\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=NAMES, metavar="NAME")
    name = parser.parse_args(sys.argv[1:2]).name
    parser = argparse.ArgumentParser(prog=f"python -m tests.bench {name}", description=NAMES[name])
    benchmark = import_module(f"tests.bench.{name}")
    benchmark.add_to(parser)
    arguments = parser.parse_args(sys.argv[2:])
    arguments.run(arguments)


main()
