"""The history of the samples as a video."""

from __future__ import annotations

from pathlib import Path

from ganstudio.data.dataset import Progress
from ganstudio.exporting.frames import FilmOptions, frames
from ganstudio.exporting.source import Source


class Options(FilmOptions):
    """As of every film."""


def export(source: Source, out: Path, options: Options, progress: Progress) -> int:
    """Write H.264 in an MP4, in the pixel format that all players know."""
    import imageio_ffmpeg

    iteration, drawn = frames(source, options, progress)
    first = next(drawn).convert("RGB")
    video = imageio_ffmpeg.write_frames(
        str(out), first.size, fps=options.rate, codec="libx264", macro_block_size=2, ffmpeg_log_level="error"
    )
    try:
        video.send(None)
        video.send(first.tobytes())
        for frame in drawn:
            video.send(frame.convert("RGB").tobytes())
    finally:
        video.close()
    return iteration
