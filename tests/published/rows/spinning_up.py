"""Spinning Up's algorithms on CartPole and Pendulum, its examples and its exercises with a solution."""

from __future__ import annotations

from pathlib import Path

from tests.published.program import Program, Repository, script

SHORT = ("--hid", "16", "--epochs", "1", "--seed", "3")
ON_POLICY = (*SHORT, "--cpu", "1", "--steps", "200")


def keep_apart(work: Path) -> None:
    """The results go into the folder of this run, and little is gathered before the first update."""
    import spinup.user_config
    import spinup.utils.run_utils

    spinup.user_config.DEFAULT_DATA_DIR = spinup.utils.run_utils.DEFAULT_DATA_DIR = str(work)


def off_policy(name: str) -> Program:
    """An algorithm with a replay buffer, called with a short warm-up, which its command line does not offer."""
    from tests.published.record import Record

    def run(root: Path, record: Record) -> None:
        import gym

        module = __import__(f"spinup.algos.pytorch.{name}.{name}", fromlist=[name])
        with record.listening(30):
            getattr(module, name)(
                lambda: gym.make("Pendulum-v1"),
                ac_kwargs={"hidden_sizes": (16, 16)},
                seed=3,
                steps_per_epoch=120,
                epochs=1,
                start_steps=40,
                update_after=40,
                update_every=20,
                batch_size=16,
                max_ep_len=50,
                num_test_episodes=1,
                logger_kwargs={"output_dir": "out"},
            )

    return Program(f"{name} Pendulum", run, limit=90)


def on_policy(name: str, env: str) -> Program:
    """An algorithm of whole episodes, from its command line."""
    return script(
        f"spinup/algos/pytorch/{name}/{name}.py",
        "--env",
        env,
        *ON_POLICY,
        name=f"{name} {env}",
        backwards=60,
        before=keep_apart,
    )


def exercise(name: str, *given: str) -> Program:
    """An exercise, run with what it offers as a solution or as it was left for the reader."""
    return script(f"spinup/exercises/pytorch/{name}.py", *given, name=name, backwards=6, before=keep_apart)


REPOSITORY = Repository(
    "spinningup",
    "038665d62d569055401d91856abb287263096178",
    [
        *(on_policy(name, env) for name in ("vpg", "ppo") for env in ("CartPole-v1", "Pendulum-v1")),
        *map(off_policy, ("ddpg", "td3", "sac")),
        script("spinup/examples/pytorch/pg_math/1_simple_pg.py", name="1_simple_pg", backwards=1, limit=120),
        script("spinup/examples/pytorch/pg_math/2_rtg_pg.py", name="2_rtg_pg", backwards=1, limit=120),
        exercise("problem_set_1/exercise1_1"),
        exercise("problem_set_1/exercise1_3", "--env", "Pendulum-v1", "--use_soln"),
        Program("trpo", left_out="has no PyTorch version: the file says so and ends"),
        Program("bench_ppo_cartpole", left_out="starts a process for each of twelve runs of PPO, which is a row"),
        Program("exercise1_2", left_out="needs MuJoCo's InvertedPendulum-v2, and is left for the reader to fill in"),
        Program("exercise2_2", left_out="starts a process for each of six runs of DDPG, which is a row"),
    ],
    imports=("gym", "spinup"),
    stand_ins=("mpi4py", "tensorflow", "seeded_gym"),
)
