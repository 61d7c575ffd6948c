"""What the data set browser says."""

from __future__ import annotations

from ganstudio.data.duplicates import Duplicates
from ganstudio.ui.dataset.looking import Look

LISTED = 200  # files and classes in the text
VIEWS = (
    ("samples", "Samples", "The data as they are kept, in their order"),
    ("seen", "What the critic sees", "The first batch of training, cropped and mirrored as it will be"),
    ("mean", "Mean image", "The mean of up to 5,000 samples"),
    ("duplicates", "Duplicates", "Samples that are there twice, side by side"),
    ("neighbours", "Samples and neighbours", "Generated samples, each with the image nearest to it"),
)

EXPLANATION = (
    "<p>The data that the generator learns to imitate. Of a folder or archive first a random few are "
    "shown, with the counts of all; <b>Load all</b> decodes the rest, which training then finds ready. "
    "Nothing is downloaded from here.</p><p><b>What the critic sees</b> is the first batch of training "
    "after cropping, mirroring and scaling to [-1, 1], turned back to pixels; instance noise, where it "
    "is on, comes on top.</p><p><b>Duplicates</b> are equal pixels, or pictures whose coarse brightness "
    "differences agree and whose squared difference is below a tenth of their variance (a fiftieth where "
    "little is in them). A generator learns by heart sooner what is there twice.</p>"
    "<p><b>Samples and neighbours</b> puts the newest samples of the generator beside the images of the "
    "data nearest to them, pixel by pixel: equal pairs are copies.</p>"
    "<p>Files that could not be used are listed with the reason.</p>"
)


def words(
    summary: str,
    found: Look,
    view: str,
    duplicates: Duplicates | None,
    compared: int | None,
    *,
    can_compare: bool,
) -> str:
    """The facts of a look, with what the view (a name of VIEWS) needs to be understood.

    ``compared`` is the iteration of the samples that stand beside their neighbours.
    """
    data = found.dataset
    size = data.array.nbytes if data.wide is None else data.wide.nbytes
    lines = [
        summary,
        f"{size / 2**20:,.1f} MiB {'on the disk' if data.is_mapped else 'in memory'}"
        + (f"; {found.held_out:,} held out." if found.held_out else "."),
        f"Mean {found.mean.mean():.3f}, standard deviation {found.spread:.3f} in the critic's numbers.",
    ]
    if duplicates is not None:
        exact, near = duplicates.exact, duplicates.near
        lines.append(f"Groups of equal images: {len(exact):,}; of nearly equal ones: {len(near):,}.")
    elif view == "duplicates" and data.is_images:
        lines.append("Looking for duplicates…")
    if view == "neighbours" and compared is not None:
        lines.append(f"Samples of iteration {compared:,}, each with the image of these data nearest to it.")
    elif view == "neighbours":
        lines.append("Looking for neighbours…" if can_compare else "Train to compare samples with the data.")
    if view == "seen" and found.seen is None:
        lines.append("Load all to see a batch of training.")
    if found.counts:
        lines += ["", "Classes"] + [f"{count:>9,}  {name}" for name, count in found.counts[:LISTED]]
    if found.skipped:
        lines += ["", f"Left out: {len(found.skipped):,}"]
        lines += [f"{name} {reason}" for name, reason in found.skipped[:LISTED]]
    return "\n".join(lines)
