"""The settings of the data."""

from __future__ import annotations

from pydantic import field_validator

from ganstudio.data import DATASETS, FRAMINGS, STORAGES
from ganstudio.data.colour import rgb
from ganstudio.data.packing import LONGEST, unpack
from ganstudio.experiment.fields import setting
from ganstudio.experiment.groups import IMAGES, Group


class DataSettings(Group):
    """What the generator learns to imitate."""

    source: str = setting(
        "digits", title="Data set", help="What the generator learns to imitate.", choices=DATASETS
    )
    path: str = setting(
        "",
        title="Folder or file",
        is_path=True,
        max_length=4096,
        help="The folder or zip of images, or the file of an array or of points; for a known data set, the "
        "folder that holds it (empty: the studio's own).",
        shown_when={"data.source": DATASETS.with_trait("path")},
    )
    download: bool = setting(
        default=False,
        title="Download",
        help="Fetch the data set from its authors' address where the folder does not hold it yet.",
        shown_when={"data.source": DATASETS.with_trait("download")},
    )
    size: int = setting(
        8,
        title="Image size",
        unit="px",
        ge=8,
        le=128,
        shown_when=IMAGES,
        help="Height and width of the square images that the networks see.",
    )
    channels: int = setting(
        1, title="Channels", ge=1, le=3, shown_when=IMAGES, help="1 trains on grey images, 3 on colour (RGB)."
    )
    framing: str = setting(
        "centre",
        title="Framing",
        choices=FRAMINGS,
        help="How pictures of any shape become squares.",
        shown_when={"data.source": DATASETS.with_trait("framed")},
    )
    background: str = setting(
        "white",
        title="Background",
        max_length=20,
        advanced=True,
        help="The colour behind transparent pixels, and beside pictures that are shown whole: white, grey, "
        "black or #rrggbb.",
        shown_when={"data.source": DATASETS.with_trait("framed")},
    )
    mirror: bool = setting(
        default=False,
        title="Mirror at random",
        help="Every image is mirrored left to right with chance 1/2 whenever it is drawn, which doubles the "
        "data where left and right mean the same: faces and rooms, not digits. Chance comes from the seed.",
        shown_when=IMAGES,
    )
    storage: str = setting(
        "auto",
        title="Images lie in",
        choices=STORAGES,
        advanced=True,
        help="Where the decoded images lie while training reads them. It changes no result.",
        shown_when={"data.source": DATASETS.with_trait("decoded")},
    )
    limit: int = setting(
        0,
        title="Samples used at most",
        ge=0,
        le=10_000_000,
        shown_when={"data.source": (*DATASETS.with_trait("images"), "points-file")},
        advanced=True,
        help="Train on a random choice of this many samples, drawn with the seed; 0 uses all.",
    )
    held_out: float = setting(
        0.0,
        title="Held-out share",
        ge=0,
        le=0.5,
        advanced=True,
        source="Gulrajani et al. 2017, section 5.3, figure 5",
        help="This share of the data, chosen with the seed, is kept from training; the inspector shows the "
        "critic's loss on it beside that on training data, and where the two part the critic remembers its "
        "data. 2-D distributions give fresh points instead, so that training keeps all; 0 holds nothing out.",
    )
    points: int = setting(
        50_000,
        title="Points",
        ge=100,
        le=10_000_000,
        shown_when={"data.source": DATASETS.with_trait("distribution")},
        advanced=True,
        help="How many points are drawn from the distribution as training data.",
    )
    rescale: bool = setting(
        default=True,
        title="Scale to fit",
        help="Moves the points, and scales them alike in both directions, to fit into [-1, 1] x [-1, 1]: the "
        "range for which networks and settings are made.",
        shown_when={"data.source": ("points-file",)},
    )
    drawing: str = setting(
        "",
        title="Drawing",
        is_drawing=True,
        max_length=LONGEST,
        help="The density that points are drawn from: 64 by 64 cells as packed text, so that the experiment "
        "needs no other file.",
        shown_when={"data.source": DATASETS.with_trait("drawing")},
    )
    std: float = setting(
        0.05,
        title="Spread",
        gt=0,
        le=1,
        help="Standard deviation of the noise around each mode or curve.",
        shown_when={"data.source": DATASETS.with_trait("spread")},
    )

    @field_validator("background")
    @classmethod
    def _is_a_colour(cls, text: str) -> str:
        try:
            rgb(text)
        except ValueError:
            raise ValueError(
                f"must be white, grey, black or a colour like #ff8800; {text!r} is not"
            ) from None
        return text

    @field_validator("drawing")
    @classmethod
    def _is_a_drawing(cls, text: str) -> str:
        try:
            if text:
                unpack(text)
        except ValueError:
            raise ValueError("is no drawing; draw it in the window, or copy all of its text") from None
        return text
