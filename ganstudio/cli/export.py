"""``ganstudio export``: what leaves a session for other programs."""

from __future__ import annotations

import argparse
import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.cli.arguments import INTERRUPTED, Commands, Parser, add_session, whole_number
from ganstudio.cli.say import complain, say
from ganstudio.errors import Cancelled, ExperimentError, UserError
from ganstudio.exporting import EXPORTS

if TYPE_CHECKING:
    from ganstudio.experiment.describe import SettingRow
    from ganstudio.experiment.fields import Settings
    from ganstudio.exporting.export import Exported, Order
    from ganstudio.registry import Choice


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "export",
        help="write weights, models, pictures, films, numbers or plots of a session",
        description="Write something of a session for other programs, also while it is being trained.",
        usage="ganstudio export DIR KIND OUT [options]; ganstudio export DIR KIND --help lists the options",
        epilog=_kinds(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_session(parser)
    parser.add_argument("kind", metavar="KIND", choices=list(EXPORTS), help="what to write, see below")
    # The options of a kind are declared with its implementation, which is loaded when it is wanted.
    parser.add_argument(
        "rest", metavar="OUT ...", nargs=argparse.REMAINDER, help="new file or folder, and options"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export; returns the exit status."""
    from ganstudio.cli import display as displays
    from ganstudio.cli.interruption import Interruption
    from ganstudio.exporting.export import export

    kind = EXPORTS[arguments.kind]
    given = _parser(kind).parse_args(arguments.rest)
    order = _order(arguments.session, kind, given)
    display = displays.choose(quiet=given.quiet or given.json)
    with Interruption() as interruption:

        def progress(what: str, done: int, total: int) -> None:
            interruption.check()
            display.loading(what, done, total)

        try:
            with display:
                exported = export(order, progress)
        except Cancelled:
            complain("Stopped; nothing was written.")
            return INTERRUPTED
    for sentence in exported.problems:
        complain(sentence)
    say(_words(kind, exported, as_json=given.json))
    return 0


def _order(session: Path, kind: Choice, given: argparse.Namespace) -> Order:
    from ganstudio.exporting.export import Order

    return Order(
        kind.name, session, given.out, _read_options(kind, given), at=given.at, overwrite=given.overwrite
    )


def _read_options(kind: Choice, given: argparse.Namespace) -> Settings:
    """The kind's options. Raises UserError that names the flag."""
    from ganstudio.experiment.parse import read_value
    from ganstudio.exporting.kinds import option_rows, read_options

    try:
        written = {row.path: row for row in option_rows(kind) if getattr(given, _dest(row)) is not None}
        values = {path: _value(row, getattr(given, _dest(row)), read_value) for path, row in written.items()}
        return read_options(kind, values)
    except ExperimentError as error:
        issue = error.issues[0]
        raise UserError(f"{_flag(issue.path)} {issue.sentence}") from None


def _value(row: SettingRow, given: Any, read_value: Any) -> Any:
    return given if row.type is bool else read_value(row, given)


def _parser(kind: Choice) -> Parser:
    """The parser of what comes after the kind's name."""
    from ganstudio.exporting.kinds import ending, option_rows

    parser = Parser(
        prog=f"ganstudio export DIR {kind.name}",
        description=f"{kind.title}. {kind.help}",
    )
    form = ending(kind)
    parser.add_argument(
        "out", metavar="OUT", type=Path, help=f"new file something{form}" if form else "new folder"
    )
    parser.add_argument(
        "--at", metavar="N", type=whole_number(0),
        help="iteration of the checkpoint, or the last one of a history (default: the newest)",
    )  # fmt: skip
    for row in option_rows(kind):
        if row.type is bool:
            parser.add_argument(
                _flag(row.path), dest=_dest(row), action=argparse.BooleanOptionalAction, help=_help(row)
            )
        else:
            parser.add_argument(
                _flag(row.path), dest=_dest(row), metavar=row.type.__name__.upper(), help=_help(row)
            )
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier export")
    parser.add_argument("--json", action="store_true", help="say what was written as JSON")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    return parser


def _help(row: SettingRow) -> str:
    words = f"{row.info.help} Default: {row.default!r}".replace("%", "%%")
    return words if row.info.unit == "" else f"{words} {row.info.unit}"


def _flag(path: str) -> str:
    return f"--{path.replace('_', '-')}"


def _dest(row: SettingRow) -> str:
    return f"option_{row.path}"


def _kinds() -> str:
    width = max(map(len, EXPORTS))
    lines = [
        textwrap.fill(
            f"{kind.title}. {kind.help}",
            100,
            initial_indent=f"  {kind.name:<{width}}  ",
            subsequent_indent=" " * (width + 4),
        )
        for kind in EXPORTS.values()
    ]
    return "\n".join(["kinds:", *lines])


def _words(kind: Choice, exported: Exported, *, as_json: bool) -> str:
    if as_json:
        told = {
            "kind": kind.name,
            "path": str(exported.path),
            "iteration": exported.iteration,
            "problems": list(exported.problems),
        }
        return json.dumps(told, indent=1)
    return f"{exported.path}: {kind.title}, iteration {exported.iteration:,}"
