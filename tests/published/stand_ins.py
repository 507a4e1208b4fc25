"""What stands in for packages that are not needed or not to be had: environments, other frameworks, C++ libraries."""

from __future__ import annotations

import importlib.machinery
import sys
import types
import unittest.mock
from collections.abc import Iterable
from typing import Any


def vision_without_its_library() -> None:
    """torchvision in Python alone: a build whose C++ library does not fit still has its models and transforms."""
    import torch

    register = torch.library.register_fake

    def register_fake(name: Any, *args: Any, **kwargs: Any) -> Any:
        if str(name).startswith("torchvision::"):
            return lambda function: function
        return register(name, *args, **kwargs)

    torch.library.register_fake = register_fake


def module(name: str, **members: Any) -> types.ModuleType:
    """A module of that name with these members, found by `import`."""
    made = types.ModuleType(name)
    vars(made).update(members)
    sys.modules[name] = made
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, made)
    return made


def anything(name: str) -> None:
    """A module in which every name is found, and does nothing."""
    made = unittest.mock.MagicMock(name=name)
    made.__name__, made.__path__ = name, []
    made.__spec__ = importlib.machinery.ModuleSpec(name, None)
    sys.modules[name] = made


def install(names: Iterable[str]) -> None:
    """Puts stand-ins in place: those that have a function here, and for all others a module that does nothing."""
    for name in names:
        make = globals().get("_" + name.replace(".", "_"))
        if make is None:
            anything(name)
        else:
            make()


class _Communicator:
    """MPI of one process."""

    def Get_rank(self) -> int:
        return 0

    def Get_size(self) -> int:
        return 1

    def Allreduce(self, sent: Any, received: Any, op: Any = None) -> None:
        received[...] = sent

    def Bcast(self, array: Any, root: int = 0) -> None:
        pass


def _mpi4py() -> None:
    module("mpi4py", MPI=types.SimpleNamespace(COMM_WORLD=_Communicator(), SUM=None, MIN=None, MAX=None))


class _Accelerator:
    """One process on the CPU."""

    device, is_main_process, is_local_main_process, sync_gradients = "cpu", True, True, True

    def __init__(self, **given: Any) -> None:
        pass

    def prepare(self, *things: Any) -> Any:
        return things if len(things) > 1 else things[0]

    def backward(self, loss: Any) -> None:
        loss.backward()

    def clip_grad_norm_(self, parameters: Any, norm: float) -> Any:
        import torch

        return torch.nn.utils.clip_grad_norm_(parameters, norm)

    def unwrap_model(self, model: Any) -> Any:
        return model

    def print(self, *values: Any) -> None:
        print(*values)

    def wait_for_everyone(self) -> None:
        pass


def _accelerate() -> None:
    module("accelerate", Accelerator=_Accelerator)


def _frames(rng: Any, number: int, channels_first: bool, size: tuple[int, int] = (84, 84), channels: int = 4) -> Any:
    """Pictures of a game."""
    import numpy as np

    shape = (number, channels, *size) if channels_first else (number, *size, channels)
    return rng.integers(0, 255, shape).astype(np.uint8)


def _atari() -> None:
    """A game of four actions and random pictures, under the names of the Atari games that scripts ask for."""
    import gymnasium
    import numpy as np

    class Game(gymnasium.Env[Any, Any]):
        observation_space = gymnasium.spaces.Box(0, 255, (210, 160, 3), np.uint8)
        action_space = gymnasium.spaces.Discrete(4)
        ale = types.SimpleNamespace(lives=lambda: 3)
        metadata: dict[str, Any] = {"render_modes": ["rgb_array"]}  # noqa: RUF012

        def __init__(self, render_mode: Any = None) -> None:
            self.rng, self.steps = np.random.default_rng(1), 0

        def get_action_meanings(self) -> list[str]:
            return ["NOOP", "FIRE", "RIGHT", "LEFT"]

        def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
            super().reset(seed=seed)
            self.steps = 0
            return _frames(self.rng, 1, False, (210, 160), 3)[0], {}

        def step(self, action: Any) -> Any:
            self.steps += 1
            reward = float(self.rng.integers(-1, 2))
            return _frames(self.rng, 1, False, (210, 160), 3)[0], reward, self.steps >= 60, False, {}

    for name in ("BreakoutNoFrameskip-v4", "BeamRiderNoFrameskip-v4", "PongNoFrameskip-v4"):
        gymnasium.register(name, lambda **given: Game(**given))


def _many(observation_space: Any, channels_first: bool, size: tuple[int, int], key: str) -> type:
    """Environments side by side, as gym's old interface has them."""
    import gym
    import numpy as np

    class Games(gym.Env):  # type: ignore[misc]
        def __init__(self, number: int) -> None:
            self.num_envs, self.rng, self.steps = number, np.random.default_rng(1), 0
            self.action_space, self.observation_space = gym.spaces.Discrete(5), observation_space(gym)

        def seen(self) -> Any:
            frames = _frames(self.rng, self.num_envs, channels_first, size, 4 if channels_first else 3)
            return {key: frames} if key else frames

        def reset(self, **given: Any) -> Any:
            self.steps = 0
            return self.seen()

        def step(self, action: Any) -> Any:
            self.steps += 1
            rewards = self.rng.integers(-1, 2, self.num_envs).astype(np.float32)
            done = np.full(self.num_envs, self.steps % 20 == 0)
            info: Any = [{} for _ in range(self.num_envs)]
            if channels_first:
                info = {"reward": rewards, "terminated": done.astype(np.int32), "lives": np.zeros(self.num_envs)}
            return self.seen(), rewards, done, info

    return Games


def _procgen() -> None:
    def observations(gym: Any) -> Any:
        import numpy as np

        return gym.spaces.Dict({"rgb": gym.spaces.Box(0, 255, (64, 64, 3), np.uint8)})

    module("procgen", ProcgenEnv=lambda num_envs, **given: _many(observations, False, (64, 64), "rgb")(num_envs))


def _envpool() -> None:
    def observations(gym: Any) -> Any:
        import numpy as np

        return gym.spaces.Box(0, 255, (4, 84, 84), np.uint8)

    module("envpool", make=lambda name, num_envs, **given: _many(observations, True, (84, 84), "")(num_envs))


def _cifar() -> None:
    """Generated files of CIFAR-10 pass for the ones that torchvision knows."""
    import torchvision

    if hasattr(torchvision.datasets, "cifar"):
        torchvision.datasets.cifar.check_integrity = lambda path, md5=None: __import__("os").path.exists(path)


def _seeded_gym() -> None:
    """gym's environments start from one seed where a script gives none."""
    import gym.utils.seeding

    draw = gym.utils.seeding.np_random
    gym.utils.seeding.np_random = lambda seed=None: draw(0 if seed is None else seed)
