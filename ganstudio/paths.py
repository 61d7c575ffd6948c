"""Where the program's own files and the person's files lie."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs


def resource(*parts: str) -> Path:
    """Path of a file of ``resources/``: frozen, installed from a wheel or run from the checkout.

    Raises FileNotFoundError where it does not exist.
    """
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    roots = [Path(frozen) / "resources"] if frozen else [package / "_resources", package.parent / "resources"]
    for root in roots:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(
        f"{'/'.join(parts)} is not among the program's resources ({', '.join(map(str, roots))})"
    )


def sessions_folder() -> Path:
    """Folder where sessions are kept unless the person chooses another; it may not exist yet."""
    return Path(platformdirs.user_data_dir("ganstudio", appauthor=False)) / "sessions"


def datasets_folder() -> Path:
    """Folder where downloaded data sets are kept unless the person chooses another; it may not exist yet."""
    return Path(platformdirs.user_data_dir("ganstudio", appauthor=False)) / "datasets"


def classifiers_folder() -> Path:
    """Folder where the small classifiers that judge samples are kept; what it holds can be made anew."""
    return Path(platformdirs.user_cache_dir("ganstudio", appauthor=False)) / "classifiers"


def networks_folder() -> Path:
    """Folder where downloaded weights of networks that judge images are kept; it may not exist yet."""
    return Path(platformdirs.user_data_dir("ganstudio", appauthor=False)) / "networks"


def decoded_folder() -> Path:
    """Folder where decoded images are kept for the next start; what it holds can be made anew."""
    return Path(platformdirs.user_cache_dir("ganstudio", appauthor=False)) / "decoded"


def downloads_folder() -> Path:
    """Folder where downloads that broke off wait to be gone on with."""
    return Path(platformdirs.user_cache_dir("ganstudio", appauthor=False)) / "downloads"
