"""The whole state of training, to memory and back, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.engine.players import Players
from ganstudio.engine.step import CriticStep
from ganstudio.errors import UserError
from ganstudio.regularizers.historical_averaging import HistoricalAverage

Arrays = dict[str, NDArray[Any]]

PIECE = 2**18  # numbers


def players_tensors(players: Players, fixed_latents: Tensor) -> dict[str, Arrays]:
    """Copies of all tensors of the state by file and name, on the CPU."""
    loader = players.loader.state()["tensors"]
    tensors = {
        "generator": network_arrays(players.generator),
        "critic": network_arrays(players.critic),
        "generator_optimizer": _optimizer_arrays(players.generator_optimizer, players.generator),
        "critic_optimizer": _optimizer_arrays(players.critic_optimizer, players.critic),
        "random": {
            **_arrays(
                {
                    "latents": players.latents.get_state(),
                    "eps": players.eps.get_state(),
                    "noise": players.noise.get_state(),
                    "labels": players.labels.get_state(),
                    "fixed_latents": fixed_latents,
                }
            ),
            **{f"loader.{name}": np.array(value) for name, value in loader.items()},
        },
    }
    if players.average is not None:
        tensors["generator_ema"] = network_arrays(players.average.network)
    for name, history in _histories(players):
        tensors[name] = _arrays(history.tensors())
    return tensors


def restore_players(
    players: Players, tensors: Mapping[str, Mapping[str, NDArray[Any]]], loader: Mapping[str, Any]
) -> None:
    """Put a state back into freshly built players. Raises UserError where it does not fit them."""
    try:
        load_network(players.generator, tensors["generator"])
        load_network(players.critic, tensors["critic"])
        _load_optimizer(players.generator_optimizer, players.generator, tensors["generator_optimizer"])
        _load_optimizer(players.critic_optimizer, players.critic, tensors["critic_optimizer"])
        random = tensors["random"]
        for name in ("latents", "eps", "noise", "labels"):
            if name in random:  # a fork with a new seed has none, nor states of the first releases noise
                getattr(players, name).set_state(torch.from_numpy(random[name].copy()))
        streams = {n.removeprefix("loader."): a for n, a in random.items() if n.startswith("loader.")}
        players.loader.restore({"numbers": dict(loader), "tensors": streams})
        if players.average is not None:
            load_network(players.average.network, tensors["generator_ema"])
        for name, history in _histories(players):
            history.restore(_tensors(tensors[name]))
    except (AttributeError, LookupError, OverflowError, RuntimeError, TypeError, ValueError) as error:
        raise UserError(
            f"The saved state does not fit its experiment: {' '.join(str(error).split())}."
        ) from error


def critic_step_tensors(step: CriticStep) -> Arrays:
    """What the last critic step left to look at, for a state between it and the generator's step."""
    named = {field.name: getattr(step, field.name) for field in fields(step)}
    return _arrays({name: tensor for name, tensor in named.items() if tensor is not None})


def restore_critic_step(arrays: Mapping[str, NDArray[Any]], device: torch.device) -> CriticStep:
    """The reverse of ``critic_step_tensors``. Raises UserError where something is missing."""
    try:
        return CriticStep(**{name: torch.from_numpy(a.copy()).to(device) for name, a in arrays.items()})
    except TypeError as error:
        raise UserError(f"The saved state is damaged: {error}.") from error


def load_network(network: nn.Module, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Load named weights and buffers. Raises RuntimeError where names or shapes differ."""
    network.load_state_dict(_tensors(arrays))


def all_finite(tensors: Mapping[str, Mapping[str, NDArray[Any]]]) -> bool:
    """Whether no weight and no optimiser moment is infinite or NaN."""
    return all(
        bool(np.isfinite(piece).all())
        for file in tensors.values()
        for array in file.values()
        if array.dtype.kind == "f"
        for piece in _pieces(array.reshape(-1))
    )


def _pieces(flat: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Parts that are small enough to stay in the processor's cache, and cost no memory to speak of."""
    return (flat[start : start + PIECE] for start in range(0, flat.size, PIECE))


def network_arrays(network: nn.Module) -> Arrays:
    """Copies of a network's weights and buffers by name, on the CPU."""
    return _arrays(network.state_dict())


def _arrays(tensors: Mapping[str, Tensor]) -> Arrays:
    return {
        name: tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format).numpy()
        for name, tensor in tensors.items()
    }


def _tensors(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}


def _histories(players: Players) -> list[tuple[str, HistoricalAverage]]:
    named = ("generator_history", players.generator_history), ("critic_history", players.critic_history)
    return [(name, history) for name, history in named if history is not None]


def _optimizer_arrays(optimizer: torch.optim.Optimizer, network: nn.Module) -> Arrays:
    """Moments by the name of their weight, such as "hidden.0.weight/exp_avg"."""
    names = dict(enumerate(name for name, _ in network.named_parameters()))
    state = optimizer.state_dict()["state"]
    return _arrays(
        {
            f"{names[i]}/{key}": torch.as_tensor(value)
            for i, moments in state.items()
            for key, value in moments.items()
        }
    )


def _load_optimizer(
    optimizer: torch.optim.Optimizer, network: nn.Module, arrays: Mapping[str, NDArray[Any]]
) -> None:
    weights = dict(network.named_parameters())
    indices = {name: i for i, name in enumerate(weights)}
    kept = _moments_of(optimizer)
    state: dict[int, dict[str, Tensor]] = {}
    for name, array in arrays.items():
        weight, _, key = name.rpartition("/")
        if key not in kept:
            raise ValueError(f"{name} is no moment of {type(optimizer).__name__}")
        if array.ndim and array.shape != weights[weight].shape:
            raise ValueError(f"{name} has the shape {array.shape}")
        moment = torch.from_numpy(array.copy())
        if array.ndim:  # laid out as its weight: fused optimisers go through the memory of both
            moment = torch.empty_like(weights[weight], dtype=moment.dtype, device="cpu").copy_(moment)
        state.setdefault(indices[weight], {})[key] = moment
    if any(moments.keys() != kept for moments in state.values()):
        raise ValueError("some weights lack a moment")
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _moments_of(optimizer: torch.optim.Optimizer) -> set[str]:
    """What an optimiser of this kind remembers of a weight, learnt from one step of another one."""
    weight = nn.Parameter(torch.zeros(1))
    weight.grad = torch.zeros(1)
    other = type(optimizer)([weight], **optimizer.defaults)
    other.step()
    return set(other.state[weight])
