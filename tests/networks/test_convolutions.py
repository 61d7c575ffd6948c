"""The convolutions of our own are the library's, with all that is derived from them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from ganstudio.backward import inputs_alone
from ganstudio.engine.build import build_critic, build_generator, laid_out
from ganstudio.engine.trainer import Trainer
from ganstudio.networks import convolutions as module
from ganstudio.networks import winograd
from ganstudio.networks.convolutions import Conv2d, ConvTranspose2d, Geometry, weigh, weigh_unfolded
from ganstudio.regularizers.interpolates import gradients_at
from tests.engine.helpers import CLASSIC, assert_same_state, run, state, tiny, trainer

IMAGES: dict[str, Any] = {
    "data.source": "digits", "data.limit": 64, "probes.sample_count": 4,
    "generator.kind": "dcgan", "generator.width": 8, "critic.kind": "dcgan", "critic.width": 8,
}  # fmt: skip

# channels of the larger map, of the smaller, kernel, stride, padding, size of the larger map
SHAPES = {
    "image end": (3, 5, 4, 2, 1, (8, 6)),
    "grey image end": (1, 4, 4, 2, 1, (4, 4)),
    "wide": (6, 4, 4, 2, 1, (8, 8)),
    "whole map": (3, 4, 4, 1, 0, (4, 4)),
    "whole map of one channel": (5, 1, 3, 1, 0, (3, 3)),
    "odd": (3, 4, 3, 2, 1, (7, 7)),
    "odd kernel, even size": (3, 4, 3, 2, 1, (6, 6)),
    "same size": (3, 4, 3, 1, 1, (5, 4)),
    "one pixel": (3, 4, 1, 1, 0, (4, 4)),
    "one tile": (3, 5, 4, 2, 1, (8, 8)),
    "tiles": (5, 3, 4, 2, 1, (24, 16)),
    "a row of tiles": (2, 3, 4, 2, 1, (8, 32)),
}
FORMS = ("image end", "wide", "whole map")  # each of another way


@pytest.fixture
def _small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer multiplications for every map that tiles fit on, however small."""
    for bound in ("CHANNELS", "PAIRS", "TILES"):
        monkeypatch.setattr(winograd, bound, 1)


def _layers(shape: tuple[Any, ...], *, transposed: bool, bias: bool = True) -> tuple[Any, Any, Tensor]:
    """Our layer, the library's with its weights, and an input of samples that differ."""
    large, small, kernel, stride, padding, size = shape
    torch.manual_seed(0)
    if transposed:
        ours: Any = ConvTranspose2d(small, large, kernel, stride, padding, bias=bias)
        theirs: Any = nn.ConvTranspose2d(small, large, kernel, stride, padding, bias=bias)
        size = tuple((of + 2 * padding - kernel) // stride + 1 for of in size)
        x = torch.randn(3, small, *size, dtype=torch.float64)
    else:
        ours = Conv2d(large, small, kernel, stride, padding, bias=bias)
        theirs = nn.Conv2d(large, small, kernel, stride, padding, bias=bias)
        x = torch.randn(3, large, *size, dtype=torch.float64)
    theirs.load_state_dict(ours.state_dict())
    return laid_out(ours.double()), laid_out(theirs.double()), x


def _everything(layer: Any, x: Tensor) -> list[Tensor]:
    """Result, gradients and the gradients of what depends on the input's gradient."""
    x = x.clone().requires_grad_()
    weights = list(layer.parameters())
    y = layer(x)
    pull = torch.linspace(-1, 1, y.numel(), dtype=x.dtype).view(y.shape).requires_grad_()
    first = torch.autograd.grad((y.tanh() * pull).sum(), [x, *weights], create_graph=True)
    penalty = sum((g.pow(3).sum() for g in first), torch.zeros((), dtype=x.dtype))
    second = torch.autograd.grad(penalty, [x, pull, *weights])
    return [y.detach(), *(g.detach() for g in first), *second]


@pytest.mark.usefixtures("_small_tiles")
@pytest.mark.parametrize("transposed", [False, True], ids=["down", "up"])
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "plain"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_results_and_first_and_second_gradients_are_the_librarys(
    shape: tuple[Any, ...], bias: bool, transposed: bool
) -> None:
    ours, theirs, x = _layers(shape, transposed=transposed, bias=bias)
    for found, expected in zip(_everything(ours, x), _everything(theirs, x), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-11)


@pytest.mark.usefixtures("_small_tiles")
@pytest.mark.parametrize("transposed", [False, True], ids=["down", "up"])
@pytest.mark.parametrize("name", ["image end", "whole map", "odd", "tiles"])
def test_gradients_are_those_of_differences(name: str, transposed: bool) -> None:
    layer, _, x = _layers(SHAPES[name], transposed=transposed)

    def function(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        found: Tensor = torch.func.functional_call(layer, {"weight": weight, "bias": bias}, (x,))
        return found

    inputs = [t[:1].detach().requires_grad_() if t is x else t.detach().requires_grad_() for t in
              (x, layer.weight, layer.bias)]  # fmt: skip
    assert torch.autograd.gradcheck(function, inputs, fast_mode=True)
    assert torch.autograd.gradgradcheck(function, inputs, fast_mode=True)


def test_the_unfolded_product_is_the_gradient_of_the_weights() -> None:
    geometry = Geometry((4, 4), (2, 2), (1, 1), (8, 6))
    x, y = torch.randn(3, 5, 8, 6, dtype=torch.float64), torch.randn(3, 7, 4, 3, dtype=torch.float64)
    torch.testing.assert_close(weigh_unfolded(x, y), weigh(x, y, geometry), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("transposed", [False, True], ids=["down", "up"])
@pytest.mark.parametrize(
    "shape",
    [
        *((large, 16 * small, *rest) for large, small, *rest in map(SHAPES.get, FORMS)),
        (128, 128, 4, 2, 1, (8, 8)),
        (128, 256, 4, 2, 1, (16, 16)),
    ],
    ids=[*FORMS, "one tile of many channels", "tiles of many channels"],
)
def test_in_float32_it_is_as_near_to_the_truth_as_the_library(
    shape: tuple[Any, ...], transposed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(winograd, "TILES", 1)
    ours, theirs, x = _layers(shape, transposed=transposed)
    truth = _everything(theirs, x)
    found, expected = (_everything(layer.float(), x.float()) for layer in (ours, theirs))
    for one, other, true in zip(found, expected, truth, strict=True):
        error, allowed = (float((t.double() - true).norm() / true.norm()) for t in (one, other))
        assert error <= 4 * allowed + 2e-7


@pytest.mark.parametrize("channels", [3, module.DEEP])
def test_mixed_precision_computes_in_bfloat16_with_gradients_in_float32(channels: int) -> None:
    ours, theirs, x = _layers((channels, 8, 4, 2, 1, (8, 8)), transposed=False)
    x = x.float()
    gradients = []
    for layer in (ours.float(), theirs.float()):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = layer(x)
        assert y.dtype == torch.bfloat16
        y.float().square().sum().backward()
        gradients.append(layer.weight.grad)
    assert gradients[0].dtype == torch.float32
    torch.testing.assert_close(*gradients, rtol=0.02, atol=0.02 * float(gradients[1].abs().max()))


class _Calls(TorchDispatchMode):
    """Counts gradients of weights that are computed."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = 0

    def __torch_dispatch__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function.overloadpacket is torch.ops.aten.convolution_backward:
            self.weights += args[-1][1]
        return function(*args, **(kwargs or {}))


def test_no_gradient_of_a_weight_is_computed_where_the_inputs_alone_is_asked_for() -> None:
    critic = build_critic(tiny(**IMAGES), (1, 16, 16))
    points = torch.randn(2, 1, 16, 16)
    with _Calls() as calls:
        gradients_at(critic, points, create_graph=False)
        gradients = gradients_at(critic, points, create_graph=True)
    assert calls.weights == 0
    with _Calls() as calls:
        gradients.square().sum().backward()  # type: ignore[no-untyped-call]
    assert calls.weights == 2  # one for each convolution of maps; the last layer is a matrix product


def test_weights_get_their_gradients_again_after_an_error() -> None:
    layer, _, x = _layers(SHAPES["wide"], transposed=False)
    with pytest.raises(ZeroDivisionError), inputs_alone():
        1 / 0  # noqa: B018
    layer(x).sum().backward()
    assert layer.weight.grad is not None


def test_names_shapes_and_starting_weights_are_the_librarys(monkeypatch: pytest.MonkeyPatch) -> None:
    def built() -> dict[str, Tensor]:
        return dict(build_generator(tiny(**IMAGES), (1, 16, 16)).state_dict())

    ours = built()
    for name, base in (("Conv2d", nn.Conv2d), ("ConvTranspose2d", nn.ConvTranspose2d)):
        monkeypatch.setattr(f"ganstudio.networks.dcgan.{name}", base)
    theirs = built()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_traced_for_export_it_is_a_standard_convolution() -> None:
    program = torch.export.export(ConvTranspose2d(4, 3, 4, 2, 1), (torch.randn(2, 4, 4, 4),))
    called = [str(node.target) for node in program.graph.nodes if node.op == "call_function"]
    assert called == ["aten.conv_transpose2d.input"]


@pytest.mark.parametrize("layer", [Conv2d(2, 2, 3, groups=2), Conv2d(2, 3, 3, dilation=2)])
def test_layers_of_another_kind_are_the_librarys(layer: Conv2d) -> None:
    plain = nn.Conv2d._conv_forward
    x = torch.randn(1, 2, 8, 8)
    assert torch.equal(layer(x), plain(layer, x, layer.weight, layer.bias))


@pytest.mark.parametrize(
    "values",
    [{}, {"critic.norm": "layer"}, {"critic.spectral_norm": True}, {**CLASSIC, "critic.norm": "batch"}],
)
@pytest.mark.parametrize("tiles", [False, True], ids=["", "tiles"])
def test_training_is_the_librarys(
    values: dict[str, Any], tiles: bool, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if tiles:
        request.getfixturevalue("_small_tiles")
    losses = []
    for on in (True, False):
        monkeypatch.setattr(module, "enabled", on)
        trained = trainer({**IMAGES, **values})
        run(trained, 2)
        losses.append(torch.cat([w.detach().flatten() for w in trained.players.critic.parameters()]))
    torch.testing.assert_close(*losses, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("tiles", [False, True], ids=["", "tiles"])
def test_a_state_that_goes_on_computes_to_the_last_bit_as_before(
    tiles: bool, request: pytest.FixtureRequest
) -> None:
    if tiles:
        request.getfixturevalue("_small_tiles")
    through, first = trainer(IMAGES), trainer(IMAGES)
    run(through, 4)
    run(first, 2)
    second = Trainer(first.experiment, device="cpu", snapshot=state(first))
    run(second, 2)
    assert_same_state(state(second), state(through))


def test_fewer_multiplications_are_for_many_channels_and_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    weight = torch.empty(256, 128, 4, 4)
    maps = torch.empty(64, 128, 8, 8)
    assert winograd.tiling(maps, weight, (8, 8)) == ((1, 1), 128, 256)
    assert winograd.tiling(maps[:16], weight, (16, 16)) == ((2, 2), 128, 256)
    assert winograd.tiling(maps[:15], weight, (16, 16)) is None
    assert winograd.tiling(maps, weight, (12, 8)) is None
    assert winograd.tiling(maps.bfloat16(), weight.bfloat16(), (8, 8)) is None
    assert winograd.tiling(maps, torch.empty(128, 64, 4, 4), (8, 8)) is None
    assert winograd.tiling(maps, torch.empty(1024, 32, 4, 4), (8, 8)) is None
    monkeypatch.setattr(winograd, "enabled", False)
    assert winograd.tiling(maps, weight, (8, 8)) is None


class _Products(TorchDispatchMode):
    """Counts the products over channels: batches of one for each point."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function.overloadpacket is torch.ops.aten.bmm:
            self.count += len(args[0]) == winograd.POINTS**2
        return function(*args, **(kwargs or {}))


@pytest.mark.usefixtures("_small_tiles")
def test_a_penalty_takes_no_product_twice_and_none_of_weights_before_it_is_derived() -> None:
    critic = build_critic(tiny(**IMAGES), (1, 16, 16))  # two layers of tiles: 16, 8, 4 px
    points = torch.randn(3, 1, 16, 16)
    with _Products() as products:
        gradients = gradients_at(critic, points, create_graph=True)
    assert products.count == 2 * 2  # scores, and back to the points
    with _Products() as products:
        gradients.square().sum().backward()  # type: ignore[no-untyped-call]
    assert products.count == 2 * 2  # along the gradient, and those of the weights
