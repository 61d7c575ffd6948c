"""The command line as a person runs it, on trainings of a second."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from ganstudio.session.session import Session

# Small networks and little data: about a millisecond a step.
TINY = {
    "ring-wgan-gp": {
        "data.points": 300,
        "schedule.batch_size": 16,
        "generator.width": 16,
        "critic.width": 16,
    },
    "digits-wgan-gp": {
        "data.limit": 100,
        "schedule.batch_size": 8,
        "generator.width": 16,
        "critic.width": 16,
    },
    "digits-conditional": {
        "data.limit": 200,
        "schedule.batch_size": 8,
        "generator.width": 16,
        "critic.width": 16,
    },
}


def arguments(preset: str, session: Path, iterations: int, **settings: object) -> list[str]:
    """Arguments of ``train`` for a tiny preset; a setting's dots are written as two underscores."""
    values: dict[str, object] = {**TINY[preset]}
    values |= {name.replace("__", "."): value for name, value in settings.items()}
    sets = [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
    return [
        "train",
        "--preset",
        preset,
        *sets,
        "--iterations",
        str(iterations),
        "--session",
        str(session),
        "--device",
        "cpu",
    ]


def start(*words: object, **options: Any) -> subprocess.Popen[str]:
    """Start ``python -m ganstudio``, with warnings as errors."""
    command = [sys.executable, "-W", "error", "-m", "ganstudio", *map(str, words)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen(command, text=True, **streams)


def ganstudio(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    process = start(*words, **options)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def information(session: Path) -> dict[str, Any]:
    """What ``info --json`` says."""
    return Session.open(session).info()
