"""The only door to torchvision, which opens even where its native library does not fit the installed torch.

A CPU build of torch beside a CUDA build of torchvision is common. There ``import torchvision`` fails with
"operator torchvision::nms does not exist", because torchvision describes two operators of its native library
that could not be loaded. Declaring these two operators first lets all of its Python code work: data sets,
transforms, grids, models. Declaring them beside a native library that does work would abort the process, so
that is tried first.

Nothing is imported before it is used: torchvision takes seconds.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

DECLARATIONS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)

# Operators live as long as the library object that declared them.
_libraries: list[Any] = []


def module(name: str) -> Any:
    """Import and return torchvision's module ``name``, for instance ``module("datasets")``.

    Raises ImportError where torchvision is not installed.
    """
    _prepare()
    return import_module(f"torchvision.{name}")


def make_grid(images: Tensor, *, columns: int = 8, padding: int = 2, fill: float = 0.0) -> Tensor:
    """Lay images (N, C, H, W) out in rows of ``columns``; return (3, height, width), grey repeated.

    Between them lie ``padding`` pixels of value ``fill``.
    """
    grid: Tensor = module("utils").make_grid(images, nrow=columns, padding=padding, pad_value=fill)
    return grid


def save_image(image: Tensor, path: Path) -> None:
    """Write one image (C, H, W) of floats in [0, 1] to ``path`` in the format of its ending.

    Raises OSError.
    """
    module("utils").save_image(image, path)


def has_native_library() -> bool:
    """Whether torchvision's native operators can be used with the installed torch."""
    return _prepare()


@cache
def _prepare() -> bool:
    """Load the native library, or declare the operators in its place; returns whether it was loaded."""
    import torch

    if any(_loads(torch, path) for path in _native_libraries()):
        return True
    library: Any = import_module("torch.library").Library("torchvision", "FRAGMENT")
    for declaration in DECLARATIONS:
        library.define(declaration)
    _libraries.append(library)
    return False


def _native_libraries() -> list[Path]:
    spec = find_spec("torchvision")
    if spec is None:
        raise ImportError("torchvision is not installed")
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    candidates = [folder / f"_C{suffix}" for folder in folders for suffix in EXTENSION_SUFFIXES]
    return [path for path in candidates if path.is_file()]


def _loads(torch: Any, path: Path) -> bool:
    try:
        torch.ops.load_library(path)
    except OSError:  # it was linked against another build of torch
        return False
    return True
