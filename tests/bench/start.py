"""How long a person waits: for ``--help``, for the window, and for the first step after pressing Train.

The window is shown with its start page, and ready when the workspace is in it, too.

Run by ``python -m tests.bench start``. Each time a process of its own on Qt's offscreen platform, as warm as
the machine is after the first, which is not counted. Seconds of the processor tell what a machine that does
nothing else would need.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

WINDOW = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from ganstudio.experiment.files import preset
from ganstudio.ui import app as studio
from ganstudio.ui.controller import Controller
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.memory import Memory

begun, folder = float(sys.argv[1]), Path(sys.argv[2])
app = studio.make_application()
memory = Memory(lambda name: folder / name, list, lambda _: None, list, list)
settings = QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat)
window = MainWindow(Controller(memory=memory), settings, furnished=False)
pressed = used = 0.0

def tell(what):
    print(what, time.time() - begun, flush=True)
    print(what + ": processor", time.process_time(), flush=True)

def drawn():
    tell("shown")
    window.furnish()
    tell("ready")
    studio.load_torch_soon(window)
    QTimer.singleShot(round(1e3 * float(sys.argv[3])), train)

def train():
    global pressed, used
    window.controller.choose(preset("digits-wgan-gp").experiment)
    pressed, used = time.time(), time.process_time()
    window.controller.start(50)

def received(events):
    if any(event.iteration >= 1 for event in events):
        print("first step", time.time() - pressed, flush=True)
        print("first step: processor", time.process_time() - used, flush=True)
        window.controller.received.disconnect(received)
        window.controller.stop()

window.controller.received.connect(received)
window.controller.ended.connect(lambda _: window.close_now())
painted = studio.FirstPaint(window)
painted.happened.connect(drawn)
window.show()
app.exec()
"""
GOALS = {"--help": 0.3, "shown": 1.5, "first step": 5.0}
WAITS = ("shown", "ready", "first step")
NAMES = ("--help", *(f"{name}{what}" for name in WAITS for what in ("", ": processor")))


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--look", type=float, default=1.0, help="seconds between the window and pressing Train"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    found: dict[str, list[float]] = {name: [] for name in NAMES}
    for number in range(arguments.rounds + 1):
        for name, seconds in {"--help": help_seconds(), **window_seconds(arguments.look)}.items():
            if number:  # the first fills the file cache
                found[name].append(seconds)
    print(f"load {os.getloadavg()[0]:.1f}")
    for name, taken in found.items():
        goal = f" (goal {GOALS[name]})" if name in GOALS else ""
        print(
            f"{name:<22} median {statistics.median(taken):.2f} s{goal}, "
            f"from {min(taken):.2f} to {max(taken):.2f}"
        )


def help_seconds() -> float:
    """Seconds of ``ganstudio --help``."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "ganstudio", "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def window_seconds(look: float) -> dict[str, float]:
    """Seconds from the command to the window, and from Train to the first step."""
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_WAIT_POLICY": "PASSIVE"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", WINDOW, str(time.time()), folder, str(look)],
            check=True,
            capture_output=True,
            text=True,
            env=surroundings,
        )
    lines = [line.rpartition(" ") for line in done.stdout.splitlines()]
    return {name: float(seconds) for name, _, seconds in lines if name in NAMES}
