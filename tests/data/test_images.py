import io
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ganstudio.data.images import ORIENTATION, Unusable, decode


def encoded(image, kind="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    stream.seek(0)
    return stream


def plain(colour, size=(16, 16), mode="RGB"):
    return Image.new(mode, size, colour)


@pytest.fixture(autouse=True)
def as_the_loader_sets_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 100, "subsampling": 0}),
        ("WEBP", {"lossless": True}),
        ("BMP", {}),
        ("GIF", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_every_format(kind, options, channels):
    got = decode(encoded(plain((200, 100, 50)), kind, **options), 8, channels)
    assert got.shape == (channels, 8, 8)
    assert got.dtype == np.uint8
    expected = [200, 100, 50] if channels == 3 else [round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)]
    assert np.abs(got.astype(int) - np.reshape(expected, (-1, 1, 1))).max() <= 2


def test_an_image_of_the_right_size_keeps_its_pixels():
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    assert np.array_equal(decode(encoded(Image.fromarray(pixels)), 8, 3), pixels.transpose(2, 0, 1))


@pytest.mark.parametrize("wide", [True, False])
def test_the_centre_of_the_longer_side_is_kept(wide):
    pixels = np.zeros((20, 60), dtype=np.uint8)
    pixels[:, 20:40] = 255
    got = decode(encoded(Image.fromarray(pixels if wide else pixels.T.copy())), 10, 1)
    # As with resizing first and cropping then, the filter sees a little beyond the edge.
    assert got.min() > 235
    assert got[0, 2:-2, 2:-2].min() >= 254


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_image_upright(orientation):
    upright = np.array([[0, 85], [170, 255]], dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    back = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: np.transpose,
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a, 2).T,
        8: lambda a: np.rot90(a, -1),
    }[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = Image.fromarray(np.ascontiguousarray(back(upright)))
    assert np.array_equal(decode(encoded(stored, exif=exif), 16, 1)[0], upright)


def test_damaged_exif_does_not_lose_the_image():
    assert decode(encoded(plain("white"), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"), 8, 1).min() > 250


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_is_laid_over_white(mode):
    image = plain((0, 0, 0, 0), mode="RGBA")
    image.paste((0, 0, 0, 255), (0, 0, 16, 8))
    kind = "PNG" if mode != "PA" else "TIFF"
    got = decode(encoded(image.convert(mode) if mode != "PA" else image, kind), 16, 3)
    assert (got[:, :8] == 0).all()
    assert (got[:, 8:] == 255).all()


def test_transparent_palettes_and_single_transparent_colours_are_white():
    image = plain(0, mode="P")
    image.putpalette([0, 0, 0, 255, 0, 0])
    assert (decode(encoded(image, transparency=0), 8, 3) == 255).all()
    assert (decode(encoded(image, "GIF", transparency=0), 8, 1) == 255).all()
    assert (decode(encoded(plain((1, 2, 3)), transparency=(1, 2, 3)), 8, 3) == 255).all()


def test_half_transparent_black_is_grey():
    assert np.abs(decode(encoded(plain((0, 0, 0, 128), mode="RGBA")), 8, 1).astype(int) - 127).max() <= 1


def test_sixteen_bits_are_scaled_not_cut():
    pixels = np.array([[0, 257 * 100], [257 * 200, 65535]], dtype=np.uint16).repeat(4, 0).repeat(4, 1)
    for kind in ("PNG", "TIFF"):
        got = decode(encoded(Image.fromarray(pixels), kind), 8, 3)
        assert got[0, ::4, ::4].tolist() == [[0, 100], [200, 255]]


@pytest.mark.parametrize(
    ("mode", "colour"), [("1", 1), ("P", 1), ("CMYK", (0, 255, 255, 0)), ("YCbCr", (76, 85, 255))]
)
def test_other_colour_spaces(mode, colour):
    image = plain(colour, mode=mode)
    if mode == "P":
        image.putpalette([0, 0, 0, 255, 0, 0])
    got = decode(encoded(image, "PNG" if mode in "1P" else "TIFF"), 8, 3)[:, 4, 4]
    assert got == pytest.approx([255, 255, 255] if mode == "1" else [255, 0, 0], abs=3)


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_pixels_of_unknown_range_are_refused(dtype):
    image = Image.fromarray(np.ones((8, 8), dtype=dtype))
    with pytest.raises(Unusable, match="32 bits, whose range is not known"):
        decode(encoded(image, "TIFF"), 8, 1)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_animations_give_their_first_frame(kind):
    options = {"save_all": True, "append_images": [plain("black"), plain("red")]}
    assert decode(encoded(plain("white"), kind, **options), 8, 1).min() > 250


def test_a_large_jpeg_is_decoded_at_a_fraction_of_its_size():
    pixels = np.linspace(0, 255, 3000).astype(np.uint8)[None].repeat(2000, 0)
    got = decode(encoded(Image.fromarray(pixels), "JPEG", quality=95), 32, 1)[0]
    expected = np.linspace(255 / 6, 255 * 5 / 6, 65)[1::2]
    assert np.abs(got.astype(int).mean(axis=0) - expected).max() <= 2


def test_extreme_shapes_are_resized():
    assert decode(encoded(plain("white", (2, 2))), 16, 3).min() == 255
    assert decode(encoded(plain("white", (4000, 2))), 16, 3).min() == 255


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ((1, 1), "is only 1 pixel wide"),
        ((4000, 1), "is only 1 pixel high"),
        ((20_000, 2), "is 20,000 pixels wide"),
        ((2, 20_001), "is 20,001 pixels high"),
    ],
)
def test_what_is_hardly_a_picture_is_refused(size, reason):
    with pytest.raises(Unusable, match=f"^{reason}$"):
        decode(encoded(plain("white", size)), 8, 3)


@pytest.mark.parametrize("wide", [True, False])
def test_a_whole_picture_lies_on_the_background(wide):
    image = plain((200, 100, 50), (32, 16) if wide else (16, 32))
    got = decode(encoded(image), 8, 3, whole=True, background=(1, 2, 3))
    got = got if wide else got.transpose(0, 2, 1)
    behind = np.reshape([1, 2, 3], (3, 1, 1))
    assert (got[:, :2] == behind).all()
    assert (got[:, 6:] == behind).all()
    assert (got[:, 2:6] == np.reshape([200, 100, 50], (3, 1, 1))).all()


def test_the_background_of_grey_images_is_its_luma():
    got = decode(encoded(plain(0, (32, 16), "L")), 8, 1, whole=True, background=(255, 0, 0))
    assert got[0, :, 0].tolist() == [76, 76, 0, 0, 0, 0, 76, 76]


def test_transparency_is_laid_over_the_chosen_background():
    assert (
        decode(encoded(plain((9, 9, 9, 0), mode="RGBA")), 8, 3, background=(10, 20, 30)).reshape(3, -1).T
        == [10, 20, 30]
    ).all()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "not an image"), (b"just text", "not an image"), (b"\x89PNG\r\n\x1a\n", "not an image")],
)
def test_what_is_no_image(content, reason):
    with pytest.raises(Unusable, match=reason):
        decode(io.BytesIO(content), 8, 3)


def test_a_cut_file_is_damaged():
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(pixels), "JPEG").getvalue()
    with pytest.raises(Unusable, match="is damaged"):
        decode(io.BytesIO(content[: len(content) // 2]), 8, 3)


def test_other_formats_under_a_known_name_are_refused(tmp_path):
    plain("white").save(tmp_path / "a.ppm")
    (tmp_path / "a.ppm").rename(tmp_path / "a.png")
    with pytest.raises(Unusable, match="known format"):
        decode(str(tmp_path / "a.png"), 8, 3)


@pytest.mark.parametrize("side", [10_000, 19_000])
def test_a_decompression_bomb_is_refused(side):
    with pytest.raises(Unusable, match="too many pixels"):
        decode(encoded(plain(0, (side, side), "1")), 8, 1)


def test_files_that_vanish_or_may_not_be_read(tmp_path, monkeypatch):
    with pytest.raises(Unusable, match="does not exist"):
        decode(str(tmp_path / "a.png"), 8, 1)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(Unusable, match="may not be read"):
        decode(str(tmp_path / "a.png"), 8, 1)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"]), data=st.data())
def test_damaged_bytes_give_an_image_or_a_reason(kind, data):
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    content = bytearray(encoded(Image.fromarray(pixels), kind).getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(8, len(content))) :]
    reason = "is an image"
    try:
        got = decode(io.BytesIO(bytes(content)), 8, 3)
    except Unusable as refusal:
        reason = str(refusal)
    else:
        assert got.shape == (3, 8, 8)
    assert reason.startswith(("is ", "has ", "does ", "may "))
