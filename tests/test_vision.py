import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio import vision


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_it_imports_neither_torch_nor_torchvision():
    code = (
        "import sys; from ganstudio import vision\n"
        "print('torch' in sys.modules, 'torchvision' in sys.modules)"
    )
    assert run(code) == "False False"


def test_a_fresh_process_gets_data_sets_transforms_and_models():
    code = (
        "import warnings; warnings.simplefilter('error')\n"
        "from ganstudio import vision\n"
        "print(vision.module('datasets').MNIST.__name__, vision.module('transforms.v2').Resize.__name__,"
        " vision.module('models').resnet18.__name__)\n"
        "import torch; print(hasattr(torch.ops.torchvision, 'nms'))"
    )
    assert run(code).split() == ["MNIST", "Resize", "resnet18", "True"]


def test_operators_are_declared_only_where_the_library_does_not_load():
    # A stand-in for a library that loads: then nothing may be declared, as that would abort the process.
    code = (
        "import torch\n"
        "torch.ops.load_library = lambda path: None\n"
        "from ganstudio import vision\n"
        "print(vision.has_native_library(), vision._libraries)"
    )
    assert run(code) == "True []"


def test_operators_are_declared_where_the_library_does_not_load():
    code = (
        "import torch\n"
        "def fail(path): raise OSError('undefined symbol')\n"
        "torch.ops.load_library = fail\n"
        "from ganstudio import vision\n"
        "print(vision.has_native_library(), len(vision._libraries))\n"
        "print(torch.ops.torchvision.qnms.default._schema)"
    )
    assert run(code) == (
        "False 1\ntorchvision::qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    )


def test_a_missing_torchvision_is_an_import_error():
    code = (
        "from ganstudio import vision\n"
        "vision.find_spec = lambda name: None\n"
        "try: vision.module('datasets')\n"
        "except ImportError as error: print(error)"
    )
    assert run(code) == "torchvision is not installed"


def test_a_grid_places_the_images_in_rows():
    images = torch.arange(5.0).view(5, 1, 1, 1).expand(5, 1, 4, 4)
    grid = vision.make_grid(images, columns=3, padding=1, fill=9)
    assert grid.shape == (3, 2 * 5 + 1, 3 * 5 + 1)
    assert [float(grid[0, 2 + 5 * (k // 3), 2 + 5 * (k % 3)]) for k in range(6)] == [0, 1, 2, 3, 4, 9]
    assert float(grid[0, 0, 0]) == 9


def test_an_image_is_saved(tmp_path):
    image = torch.zeros(3, 4, 6)
    image[0] = 1
    vision.save_image(image, tmp_path / "red.png")
    with Image.open(tmp_path / "red.png") as saved:
        assert saved.size == (6, 4)
        assert np.array_equal(np.asarray(saved)[0, 0], [255, 0, 0])


def test_saving_where_nothing_can_be_written_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        vision.save_image(torch.zeros(3, 4, 4), tmp_path / "missing" / "a.png")
