"""CleanRL's scripts on small environments: gymnasium's own, and stand-ins for Atari, Procgen and EnvPool."""

from __future__ import annotations

from typing import Any

from tests.published.program import Program, Repository, script

ON_POLICY = ("--total-timesteps", "128", "--num-steps", "16", "--num-envs", "2", "--num-minibatches", "2")
ATARI_REPLAY = ("--total-timesteps", "60", "--buffer-size", "200", "--batch-size", "4", "--learning-starts", "20")
REPLAY = ("--total-timesteps", "120", "--buffer-size", "200", "--batch-size", "16", "--learning-starts", "40")
SCRIPTS: dict[str, tuple[str, ...]] = {
    "dqn": REPLAY,
    "c51": REPLAY,
    "ppo": ON_POLICY,
    "pqn": ON_POLICY,
    "ppo_continuous_action": (*ON_POLICY, "--env-id", "Pendulum-v1"),
    "rpo_continuous_action": (*ON_POLICY, "--env-id", "Pendulum-v1"),
    "ddpg_continuous_action": (*REPLAY, "--env-id", "Pendulum-v1"),
    "td3_continuous_action": (*REPLAY, "--env-id", "Pendulum-v1"),
    "sac_continuous_action": (*REPLAY, "--env-id", "Pendulum-v1"),
    "dqn_atari": ATARI_REPLAY,
    "c51_atari": ATARI_REPLAY,
    "rainbow_atari": ATARI_REPLAY,
    "sac_atari": ATARI_REPLAY,
    "ppo_atari": ON_POLICY,
    "ppo_atari_lstm": ON_POLICY,
    "ppo_atari_multigpu": ("--total-timesteps", "64", "--num-steps", "16", "--local-num-envs", "2"),
    "ppo_procgen": (*ON_POLICY, "--env-id", "starpilot"),
    "ppg_procgen": (*ON_POLICY, "--env-id", "starpilot", "--n-iteration", "1", "--num-aux-rollouts", "2"),
    "ppo_atari_envpool": ON_POLICY,
    "ppo_rnd_envpool": (*ON_POLICY, "--num-iterations-obs-norm-init", "1"),
    "pqn_atari_envpool": ON_POLICY,
    "pqn_atari_envpool_lstm": ON_POLICY,
}
LEFT_OUT = {
    "ppo_pettingzoo_ma_atari": "needs PettingZoo's Atari of its time through SuperSuit",
    "qdagger_dqn_atari_impalacnn": "downloads a trained teacher",
    "ppo_trxl": "needs memory_gym and minigrid of its time",
    "ppo_continuous_action_isaacgym": "needs Isaac Gym, which runs on CUDA alone",
}


def without_cuda(name: str, given: tuple[str, ...]) -> Program:
    """A row that trains for a few updates."""
    many: dict[str, Any] = {"backwards": 8, "limit": 150}
    return script(f"cleanrl/{name}.py", "--no-cuda", *given, name=name, **many)


REPOSITORY = Repository(
    "cleanrl",
    "fe8d8a03c41a7ef5b523e2e354bd01c363e786bb",
    [
        *(without_cuda(*row) for row in SCRIPTS.items()),
        *(Program(name, left_out=reason) for name, reason in LEFT_OUT.items()),
        *(Program(name, left_out="is written in JAX") for name in ("c51_jax", "ddpg_continuous_action_jax", "dqn_jax")),
    ],
    imports=("gymnasium", "tyro", "gym"),
    stand_ins=("procgen", "envpool", "atari", "wandb"),
)
