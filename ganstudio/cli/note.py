"""``ganstudio note``: what a person writes about a session."""

from __future__ import annotations

import argparse

from ganstudio.cli.arguments import Commands, add_session
from ganstudio.cli.say import say


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "note",
        help="read or write notes and tags of a session",
        description="Write notes and tags of a session, also while it is trained; without any, print them.",
    )
    add_session(parser)
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", help='the notes, in place of those before; "": none'
    )
    parser.add_argument(
        "--tag", metavar="T", action="append", default=[], help="add a tag; may be given several times"
    )
    parser.add_argument(
        "--untag", metavar="T", action="append", default=[], help="remove a tag; may be given several times"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write them, or print them."""
    from ganstudio.errors import UserError
    from ganstudio.session.annotations import clean_tags
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)
    now = session.annotations
    if arguments.text is None and not arguments.tag and not arguments.untag:
        say(now.notes or "No notes.")
        say(f"Tags: {', '.join(now.tags) or 'none'}")
        return 0
    leaving = {tag.casefold() for tag in clean_tags(arguments.untag)}
    if unknown := leaving - {tag.casefold() for tag in now.tags}:
        raise UserError(f"{session.path} has no tag {min(unknown)!r}.")
    stay = [tag for tag in now.tags if tag.casefold() not in leaving]
    session.annotate(notes=arguments.text, tags=[*stay, *arguments.tag])
    return 0
