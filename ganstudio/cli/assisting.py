"""What all processes but the first do where torchrun started several: they train along, in silence."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from typing import Any, NoReturn

from ganstudio.cli.arguments import FAULT
from ganstudio.cli.say import silence


def assist(arguments: argparse.Namespace) -> NoReturn:
    """Train what the first process trains, and end this one.

    The first one shows, saves and complains, and hears what a person wants: signals are for it alone.
    """
    voice = os.dup(sys.stderr.fileno())
    status = FAULT
    try:
        status = _train_along(arguments)
    except Exception:  # noqa: BLE001 - a fault of the program, which only this process may have met
        os.write(voice, traceback.format_exc().encode())
    finally:
        # There is nothing to write, and the libraries' own farewell aborts where the first process is gone.
        os._exit(status)


def _train_along(arguments: argparse.Namespace) -> int:
    silence()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    from ganstudio.engine.crew import CrewError, join, leave, own_device
    from ganstudio.engine.events import Finished
    from ganstudio.engine.trainer import Trainer
    from ganstudio.errors import UserError

    device = own_device(arguments.device)
    crew = join(device)
    reason = "failed"
    try:
        told: Any = crew.agree(lambda: None)  # what the first process says in training.build
        experiment, snapshot, iterations = told
        trainer = Trainer(experiment, device=device, threads=arguments.threads, snapshot=snapshot, crew=crew)
        for event in trainer.run(iterations):
            if isinstance(event, Finished):
                reason = event.reason
    except (CrewError, UserError):  # the first process meets the same and says it
        return FAULT
    finally:
        leave(crew)
    return FAULT if reason == "failed" else 0
