import pytest

from ganstudio.data.colour import rgb
from ganstudio.errors import ExperimentError
from ganstudio.experiment.parse import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("white", (255, 255, 255)),
        (" Black ", (0, 0, 0)),
        ("#ff8001", (255, 128, 1)),
        ("#FF8001", (255, 128, 1)),
    ],
)
def test_names_and_hexadecimal_colours(text, expected):
    assert rgb(text) == expected


@pytest.mark.parametrize("text", ["", "mauve", "#ff", "#gg0000", "ff0000", "#ff00000"])
def test_what_is_no_colour_is_refused_beside_its_setting(text):
    with pytest.raises(ValueError, match="is no colour"):
        rgb(text)
    with pytest.raises(
        ExperimentError, match=r"data\.background: must be white, grey, black or a colour like"
    ):
        parse({"data": {"background": text}})
