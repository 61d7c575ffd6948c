"""The library's Adam, which collects the tensors that it works on once instead of at every step."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

enabled = True  # off: the library's own way, to compare with


class Held(NamedTuple):
    """The state in the order of the weights. ``taken`` (weights,) is what all ``steps`` are views of."""

    averages: list[Tensor]
    squares: list[Tensor]
    steps: list[Tensor]
    taken: Tensor


class Adam(torch.optim.Adam):
    """Takes the same steps by the same call; what the library does around it costs a small network more.

    That holds for one group of weights on the processor, all with a gradient; else it is the library's own.
    """

    _held: Held | None = None

    def step(self, closure: Any = None) -> Any:
        """Move the weights. ``closure`` is the library's."""
        group = self.param_groups[0]
        gradients = [weight.grad for weight in group["params"]]
        if self._held is None or closure is not None or any(gradient is None for gradient in gradients):
            outcome = super().step(closure)
            self._held = self._collected()
            return outcome
        averages, squares, steps, taken = self._held
        with torch.no_grad():
            taken.add_(1)
            torch._fused_adam_(
                group["params"],
                gradients,
                averages,
                squares,
                [],
                steps,
                amsgrad=False,
                lr=group["lr"],
                beta1=group["betas"][0],
                beta2=group["betas"][1],
                weight_decay=group["weight_decay"],
                eps=group["eps"],
                maximize=group["maximize"],
            )
        return None

    step.hooked = True  # type: ignore[attr-defined]  # the library would wrap it for profilers at every call

    def zero_grad(self, set_to_none: bool = True) -> None:  # noqa: FBT001, FBT002 - as the library's
        """Forget the gradients, or fill them with zeros."""
        if not set_to_none:
            super().zero_grad(set_to_none=False)
            return
        for group in self.param_groups:
            for weight in group["params"]:
                weight.grad = None

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over another state, as ``load_state_dict`` does."""
        super().__setstate__(state)  # type: ignore[no-untyped-call]
        self._held = None

    def _collected(self) -> Held | None:
        group, states = self.param_groups[0], self.state
        weights = group["params"]
        on_host = not isinstance(group["lr"], Tensor) and weights[0].device.type == "cpu"
        is_plain = enabled and len(self.param_groups) == 1 and group["fused"] and not group["amsgrad"]
        if not (on_host and is_plain and all(states.get(weight) for weight in weights)):
            return None
        taken = torch.stack([states[weight]["step"] for weight in weights])
        steps = list(taken.unbind())
        for weight, step in zip(weights, steps, strict=True):
            states[weight]["step"] = step
        averages, squares = (
            [states[weight][kind] for weight in weights] for kind in ("exp_avg", "exp_avg_sq")
        )
        return Held(averages, squares, steps, taken)
