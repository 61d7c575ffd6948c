"""``ganstudio window``, or no command at all: the window."""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from ganstudio.cli.arguments import Commands, whole_number, window_size
from ganstudio.errors import UserError

HEADLESS = "ganstudio train --preset digits-wgan-gp"
# Qt's platforms that need no display.
WITHOUT_SCREEN = {"offscreen", "minimal", "minimalegl", "vnc", "eglfs", "linuxfb", "vkkhrdisplay"}
X11_LIBRARIES = (
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-keysyms.so.1",
    "libxcb-shape.so.0",
    "libxkbcommon-x11.so.0",
)
APT_LINE = (
    "sudo apt-get install --no-install-recommends libegl1 libgl1 libglib2.0-0 libdbus-1-3 libxkbcommon0 "
    "libfontconfig1 fonts-dejavu-core libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 "
    "libxkbcommon-x11-0"
)


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "window", help="open the window (the default)", description="Open the window."
    )
    parser.add_argument(
        "session", metavar="SESSION", nargs="?", type=Path, help="folder of a session to open"
    )
    parser.add_argument("--preset", metavar="NAME", help="choose this preset; with --screenshot, train it")
    parser.add_argument(
        "--iterations",
        type=whole_number(1),
        metavar="N",
        help="generator updates to train before the screenshot",
    )
    parser.add_argument(
        "--screenshot",
        metavar="FILE",
        type=Path,
        help="train the preset in the window, save a picture of it as PNG, and close; needs no display",
    )
    look = parser.add_mutually_exclusive_group()
    look.add_argument("--dark", action="store_true", default=None, help="dark colours")
    look.add_argument("--light", action="store_false", dest="dark", help="light colours")
    parser.add_argument("--size", type=window_size, metavar="WxH", help="size of the window in pixels")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Open it; returns when it is closed."""
    _check_session(arguments.session)
    _check_preset(arguments)
    if arguments.screenshot is not None and _has_no_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _check_display()
    try:
        # By its name, as a registry loads a choice: the command line stands beside the window, not on it.
        open_window = import_module("ganstudio.ui.app").run
    except ImportError as error:
        if "cannot open shared object file" not in str(error):
            raise
        raise UserError(_missing(str(error).partition(":")[0])) from None
    status: int = open_window(
        session=arguments.session,
        screenshot=arguments.screenshot,
        preset=arguments.preset,
        iterations=arguments.iterations,
        dark=arguments.dark,
        size=arguments.size,
    )
    return status


def _check_session(path: Path | None) -> None:
    if path is None:
        return
    if not path.exists() and path.name == str(path):  # a lone word may have been meant as a command
        from ganstudio.cli.main import COMMANDS

        near = get_close_matches(str(path), COMMANDS, n=1)
        hint = f"; did you mean ganstudio {near[0]}?" if near else "."
        raise UserError(f"{path} is neither a command nor a session{hint}")
    from ganstudio.session.session import Session

    Session.open(path)


def _check_preset(arguments: argparse.Namespace) -> None:
    if arguments.screenshot is not None and arguments.screenshot.suffix.lower() != ".png":
        raise UserError(f"The picture {arguments.screenshot} must be called something.png.")
    if arguments.iterations is not None and arguments.screenshot is None:
        raise UserError(
            "--iterations belongs to --screenshot; in the window the number stands in the toolbar."
        )
    if arguments.preset is not None:
        from ganstudio.experiment.files import preset

        if arguments.session is not None:
            raise UserError("Give either a session to open or a preset, not both.")
        preset(arguments.preset)


def _platform() -> str:
    return os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]


def _has_no_display() -> bool:
    on_linux = sys.platform.startswith("linux")
    shown = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return on_linux and not shown and _platform() not in WITHOUT_SCREEN


def _check_display() -> None:
    if _has_no_display():
        raise UserError(f"There is no display to open the window on; train without one: {HEADLESS}.")
    if (
        sys.platform.startswith("linux")
        and _platform() in ("", "xcb")
        and not os.environ.get("WAYLAND_DISPLAY")
    ):
        for library in X11_LIBRARIES:  # Qt would abort the whole process where one is missing
            loaded = None
            with suppress(OSError):
                loaded = ctypes.CDLL(library)
            if loaded is None:
                raise UserError(_missing(library))


def _missing(library: str) -> str:
    return (
        f"The window needs the system library {library}; on Debian and Ubuntu this installs it: {APT_LINE}."
    )
