"""Data: 2-D toy distributions with their true modes, digits, torchvision's sets, folders of images."""

from ganstudio.registry import Registry

DATASETS = Registry("data set")

# Traits: "points" = (N, 2) points; "images" = NCHW images; "path" = reads from a path of the person's;
# "download" = can be fetched; "labels" = samples have classes (a folder where it has sub-folders);
# "spread" = has the setting of the modes' standard deviation; "framed" = pictures of any shape, to be framed;
# "decoded" = decoded into the cache; "distribution" = any number of points can be drawn; "file" = its path is
# a file; "colour" = always three channels; "drawing" = drawn by the person.
# The target is a function (request: DataRequest, seed: int, progress: Progress) -> Dataset.
DATASETS.register(
    "ring",
    title="Ring of 8 Gaussians",
    help="Eight small Gaussians on a circle of radius 1: the classic test for dropped modes.",
    target="ganstudio.data.toy:ring",
    traits=("points", "distribution", "spread", "labels"),
)
DATASETS.register(
    "grid",
    title="Grid of 25 Gaussians",
    help="Five by five small Gaussians on [-1, 1] x [-1, 1].",
    target="ganstudio.data.toy:grid",
    traits=("points", "distribution", "spread", "labels"),
)
DATASETS.register(
    "swissroll",
    title="Swiss roll",
    help="A spiral; it has no separate modes but a shape that is easy to see.",
    target="ganstudio.data.toy:swissroll",
    traits=("points", "distribution", "spread"),
)
DATASETS.register(
    "moons",
    title="Two moons",
    help="Two interleaved half circles.",
    target="ganstudio.data.toy:moons",
    traits=("points", "distribution", "spread", "labels"),
)
DATASETS.register(
    "digits",
    title="Digits (built in)",
    help="1,797 real handwritten digits of 8x8 pixels; part of the installation, no download.",
    source="UCI optical recognition of handwritten digits, as shipped by scikit-learn",
    target="ganstudio.data.digits:load",
    traits=("images", "labels"),
)
for _name, _title, _help in (
    ("mnist", "MNIST", "60,000 handwritten digits of 28x28 pixels."),
    ("fashion-mnist", "Fashion-MNIST", "60,000 pieces of clothing, 28x28 pixels, grey."),
    ("kmnist", "KMNIST", "60,000 cursive Japanese characters, 28x28 pixels, grey."),
    ("cifar10", "CIFAR-10", "50,000 colour photographs of ten kinds of things, 32x32 pixels."),
):
    DATASETS.register(
        _name,
        title=_title,
        help=f"{_help} Downloaded on request, or read from an existing folder.",
        target="ganstudio.data.torchvision_sets:load",
        traits=("images", "path", "download", "labels"),
    )
DATASETS.register(
    "folder",
    title="Folder or zip of images",
    help="Every image in a folder (with its sub-folders) or zip archive, resized and cropped to the "
    "chosen size. Sub-folders are classes.",
    target="ganstudio.data.folder:load",
    traits=("images", "path", "labels", "framed", "decoded"),  # labels: where the images lie in sub-folders
)
DATASETS.register(
    "array",
    title="Array of images",
    help="Images in a .npy, .npz or IDX file: (N, H, W), (N, H, W, C) or (N, C, H, W), as bytes, 16 bits or "
    "floats. Labels come from the same .npz, or from the IDX file beside it.",
    target="ganstudio.data.arrays:load_images",
    traits=("images", "path", "file", "labels", "framed"),
)
DATASETS.register(
    "stacked-mnist",
    title="Stacked MNIST",
    help="Three MNIST digits as red, green and blue: 1,000 modes, the standard test of mode coverage. "
    "128,000 images unless fewer are asked for. MNIST is downloaded on request, or read from a folder.",
    source="Metz et al. 2017, section 3.3.1; Lin et al. 2018 (PacGAN), section 4.2",
    target="ganstudio.data.stacked:load",
    traits=("images", "path", "download", "labels", "colour"),
)
DATASETS.register(
    "points-file",
    title="Points from a file",
    help="2-D points in a table (CSV, two columns, a third for classes) or in a .npy or .npz array (N, 2).",
    target="ganstudio.data.arrays:load_points",
    traits=("points", "path", "file", "labels"),
)
DATASETS.register(
    "drawing",
    title="Drawn distribution",
    help="Points from a density that you draw with the mouse. The drawing is part of the experiment.",
    target="ganstudio.data.drawing:load",
    traits=("points", "distribution", "drawing"),
)

FRAMINGS = Registry("framing")
FRAMINGS.register(
    "centre",
    title="Centre crop",
    help="The shorter side gets the image size; what sticks out of the longer side is cut off evenly.",
)
FRAMINGS.register(
    "fit",
    title="Whole picture",
    help="The longer side gets the image size; the background fills the rest.",
)
FRAMINGS.register(
    "random-crop",
    title="Random crop",
    help="The centre square is kept an eighth larger than the image size, and every time a picture is drawn "
    "another window of it is seen. Where it lies comes from the seed, so training goes on exactly.",
)

STORAGES = Registry("storage")
STORAGES.register(
    "auto",
    title="Automatic",
    help="In memory; on the disk where they would take more than half of what is free.",
)
STORAGES.register("memory", title="Memory", help="In memory, whatever it takes.")
STORAGES.register(
    "disk",
    title="Disk",
    help="In a mapped file of the cache, of which the system keeps in memory what it can.",
)
