"""``ganstudio train``: train an experiment in a new session."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio import ranks
from ganstudio.cli.arguments import Commands, add_training, whole_number
from ganstudio.errors import Cancelled, ExperimentError, UserError

if TYPE_CHECKING:
    from ganstudio.experiment.model import Experiment


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "train",
        help="train an experiment in a new session",
        description="Train an experiment in a new session. Ctrl-C finishes the step and saves; a second one "
        "leaves at once.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--preset", metavar="NAME", help="a ready-made experiment (see ganstudio presets)")
    what.add_argument("--experiment", metavar="FILE.toml", type=Path, help="an experiment file")
    parser.add_argument(
        "--data", metavar="PATH", type=Path, help="folder or zip of the data (sets data.path)"
    )
    parser.add_argument(
        "--set", metavar="SETTING=VALUE", action="append", default=[], dest="assignments",
        help="change a setting, for example lipschitz.weight=1; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--iterations",
        type=whole_number(1),
        metavar="N",
        help="generator updates (default: the preset's own number)",
    )
    parser.add_argument(
        "--session",
        metavar="DIR",
        type=Path,
        help="new folder for the session (default: the studio's own place)",
    )
    parser.add_argument("--seed", metavar="S", help="start of every random number")
    add_training(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train; returns the exit status."""
    if ranks.rank():
        from ganstudio.cli.assisting import assist

        assist(arguments)
    from ganstudio.cli import display as displays
    from ganstudio.cli.interruption import Interruption
    from ganstudio.cli.training import build, cancelled, train_session
    from ganstudio.experiment.rules import missing
    from ganstudio.session.places import default_session_path, ensure_free
    from ganstudio.session.recent import remember
    from ganstudio.session.recorder import Recorder
    from ganstudio.session.session import Session

    experiment, iterations = _read(arguments)
    if issues := missing(experiment):
        raise ExperimentError(issues)
    path = ensure_free(arguments.session or default_session_path(experiment.name))
    rescue = ensure_free(arguments.rescue) if arguments.rescue else None
    with Interruption() as interruption:
        display = displays.choose(quiet=arguments.quiet)
        try:
            trainer = build(experiment, arguments, display, interruption, iterations)
        except Cancelled:
            return cancelled()
        session = Session.create(path, experiment)
        remember(session.path)
        recorder = Recorder(session, interruption.control)
        return train_session(trainer, recorder, iterations, display, interruption, rescue)


def _read(arguments: argparse.Namespace) -> tuple[Experiment, int]:
    """The experiment that was asked for, and for how many iterations."""
    from ganstudio.experiment.files import preset, read_experiment
    from ganstudio.experiment.parse import parse_assignment, with_assignments, with_values

    iterations = arguments.iterations
    if arguments.preset is not None:
        chosen = preset(arguments.preset)
        experiment, iterations = chosen.experiment, iterations or chosen.iterations
    else:
        experiment = read_experiment(arguments.experiment)
        if iterations is None:
            raise UserError("An experiment file does not say how long to train; give --iterations.")
    experiment = with_assignments(experiment, arguments.assignments)
    if arguments.seed is not None:
        experiment = with_values(experiment, dict([parse_assignment(f"seed={arguments.seed}")]))
    return _with_data(experiment, arguments.data), iterations


def _with_data(experiment: Experiment, given: Path | None) -> Experiment:
    """The experiment with its data's path as a full one, so that it can be resumed from anywhere."""
    from ganstudio.data import DATASETS
    from ganstudio.experiment.parse import with_values

    choice = DATASETS[experiment.data.source]
    if given is not None and "path" not in choice.traits:
        raise UserError(f"{choice.title} takes no --data; leave it out or choose another data set.")
    path = experiment.data.path if given is None else str(given)
    return (
        with_values(experiment, {"data.path": str(Path(path).expanduser().absolute())})
        if path
        else experiment
    )
