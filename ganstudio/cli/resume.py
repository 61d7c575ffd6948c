"""``ganstudio resume``: go on with a session."""

from __future__ import annotations

import argparse

from ganstudio import ranks
from ganstudio.cli.arguments import Commands, add_checkpoint, add_session, add_training, whole_number
from ganstudio.errors import Cancelled


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "resume",
        help="go on with a session",
        description="Go on with a session exactly where its newest checkpoint stands, or at an earlier "
        "one: what came after that is removed (ganstudio fork keeps it).",
    )
    add_session(parser)
    parser.add_argument(
        "--iterations",
        type=whole_number(1),
        metavar="N",
        required=True,
        help="how many generator updates more",
    )
    add_checkpoint(parser)
    add_training(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train on; returns the exit status."""
    if ranks.rank():
        from ganstudio.cli.assisting import assist

        assist(arguments)
    from ganstudio.cli import display as displays
    from ganstudio.cli.interruption import Interruption
    from ganstudio.cli.say import complain
    from ganstudio.cli.training import build, cancelled, train_session
    from ganstudio.experiment.parse import parse
    from ganstudio.session.places import ensure_free
    from ganstudio.session.recent import remember
    from ganstudio.session.recorder import Recorder
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)
    rescue = ensure_free(arguments.rescue) if arguments.rescue else None
    with Interruption() as interruption, Recorder(session, interruption.control) as recorder:
        snapshot = session.latest_snapshot() if arguments.at is None else session.snapshot(arguments.at)
        for sentence in session.problems:
            complain(sentence)
        display = displays.choose(quiet=arguments.quiet)
        try:
            experiment = session.experiment if snapshot is None else parse(snapshot.numbers["experiment"])
            trainer = build(
                experiment, arguments, display, interruption, arguments.iterations, snapshot=snapshot
            )
        except Cancelled:
            return cancelled()
        remember(session.path)
        return train_session(trainer, recorder, arguments.iterations, display, interruption, rescue)
