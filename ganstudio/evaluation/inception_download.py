"""Fetching the weights of Inception v3 that torchvision names, on request."""

from __future__ import annotations

from pathlib import Path

from ganstudio import vision
from ganstudio.data.dataset import Progress
from ganstudio.data.download import RemoteFile, fetch, staging
from ganstudio.paths import networks_folder

TITLE = "The weights of Inception v3"


def inception_download() -> RemoteFile:
    """The file, whose name ends in the first digits of its SHA-256, as torchvision has it."""
    address = str(vision.module("models").Inception_V3_Weights.IMAGENET1K_V1.url)
    name = address.rpartition("/")[2]
    return RemoteFile(name, (address,), sha256=Path(name).stem.rpartition("-")[2])


def downloaded_inception() -> Path | None:
    """Where the file lies that was downloaded before; None where there is none."""
    path = networks_folder() / inception_download().name
    return path if path.is_file() else None


def download_inception(progress: Progress) -> Path:
    """The downloaded file; fetched, and its checksum compared, where it is not there yet.

    Raises UserError where it cannot be fetched or saved, and what ``progress`` raises; nothing of it stays
    among the networks then.
    """
    if (path := downloaded_inception()) is not None:
        return path
    file, folder = inception_download(), networks_folder()
    with staging(folder, TITLE) as temporary:
        fetch([file], temporary, TITLE, progress, "give a file that you have")
        (temporary / file.name).replace(folder / file.name)
    return folder / file.name
