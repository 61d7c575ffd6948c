"""``ganstudio cache``: the decoded images that make the second start quick."""

from __future__ import annotations

import argparse
import json
from datetime import datetime

from ganstudio.cli.arguments import Commands
from ganstudio.cli.say import say


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "cache",
        help="list or clear the decoded images that are kept for the next start",
        description="Images of folders and archives are kept decoded, so that the next start takes no time. "
        "All of it can be made anew. GANSTUDIO_CACHE_GIB sets how much may be kept (20).",
    )
    parser.add_argument("--clear", action="store_true", help="remove everything")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List, or clear."""
    from ganstudio.data import cache
    from ganstudio.paths import decoded_folder

    if arguments.clear:
        say(f"{_size(cache.trim(most=0))} were freed.")
        return 0
    found = cache.entries()
    if arguments.json:
        plain = [
            {"folder": str(e.folder), "source": e.source, "shape": e.shape, "bytes": e.size, "used": e.used}
            for e in found
        ]
        say(json.dumps(plain, indent=1))
        return 0
    for entry in found:
        count, channels, height, width = entry.shape
        used = datetime.fromtimestamp(entry.used).astimezone()
        what = f"{count:,} of {width}x{height}, {'grey' if channels == 1 else 'colour'}"
        say(f"{used:%Y-%m-%d %H:%M}  {_size(entry.size):>10}  {what}  {entry.source}")
    total = sum(entry.size for entry in found)
    say(f"{_size(total)} of {_size(cache.bound())} in {decoded_folder()}")
    return 0


def _size(count: int) -> str:
    return f"{count / 2**20:,.1f} MiB" if count < 2**30 else f"{count / 2**30:,.1f} GiB"
