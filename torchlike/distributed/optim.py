"""An optimizer whose state is spread over processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optim import Optimizer
from optim.optimizer import Params


class ZeroRedundancyOptimizer(Optimizer):
    """An optimizer of another class, `optim`, which has the state of all parameters: there is one process."""

    def __init__(
        self,
        params: Params,
        optimizer_class: type[Optimizer],
        process_group: Any = None,
        parameters_as_bucket_view: bool = False,
        overlap_with_ddp: bool = False,
        **defaults: Any,
    ) -> None:
        self.optim = optimizer_class(params, **defaults)
        super().__init__(self.optim.param_groups, self.optim.defaults)
        self._share()

    def _share(self) -> None:
        self.param_groups, self.state = self.optim.param_groups, self.optim.state

    def step(self, closure: Any = None, **kwargs: Any) -> Any:
        """The optimizer's step."""
        return self.optim.step(closure, **kwargs) if closure is not None else self.optim.step(**kwargs)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds a group to the optimizer's."""
        if "optim" in self.__dict__ and self.param_groups is self.optim.param_groups:
            self.optim.add_param_group(param_group)
        else:
            super().add_param_group(param_group)

    def consolidate_state_dict(self, to: int = 0) -> None:
        """Nothing has to be brought together."""

    def state_dict(self) -> dict[str, Any]:
        """The optimizer's."""
        return self.optim.state_dict()

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Goes on from an optimizer's state_dict."""
        self.optim.load_state_dict(state_dict)
        self._share()
