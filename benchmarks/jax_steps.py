"""The same steps in jax's own way: pure functions of parameters, compiled whole by `jax.jit`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .workloads import Workload

RANDOM = np.random.default_rng(0)


def _uniform(fan_in: int, *shape: int) -> Any:
    bound = 1 / math.sqrt(fan_in)
    return jnp.asarray(RANDOM.uniform(-bound, bound, shape), jnp.float32)


def _linear(inputs: int, outputs: int) -> Any:
    return {"weight": _uniform(inputs, inputs, outputs), "bias": _uniform(inputs, outputs)}


def _apply(layer: Any, x: Any) -> Any:
    return x @ layer["weight"] + layer["bias"]


def _mlp(*sizes: int) -> tuple[Any, Callable[[Any, Any], Any]]:
    layers = [_linear(inputs, outputs) for inputs, outputs in itertools.pairwise(sizes)]

    def forward(layers: Any, x: Any) -> Any:
        for layer in layers[:-1]:
            x = jax.nn.relu(_apply(layer, x))
        return _apply(layers[-1], x)

    return layers, forward


def _cnn() -> tuple[Any, Callable[[Any, Any], Any]]:
    def conv(inputs: int, outputs: int) -> Any:
        return {"weight": _uniform(9 * inputs, outputs, inputs, 3, 3), "bias": _uniform(9 * inputs, outputs, 1, 1)}

    parameters = [conv(1, 32), conv(32, 64), _linear(64 * 7 * 7, 128), _linear(128, 10)]

    def forward(parameters: Any, x: Any) -> Any:
        for layer in parameters[:2]:
            x = jax.lax.conv(x, layer["weight"], (1, 1), "SAME") + layer["bias"]
            x = jax.nn.relu(x)
            x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        x = jax.nn.relu(_apply(parameters[2], x.reshape(x.shape[0], -1)))
        return _apply(parameters[3], x)

    return parameters, forward


def _norm(scale: Any, x: Any) -> Any:
    mean = x.mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(x.var(-1, keepdims=True) + 1e-5) * scale["weight"] + scale["bias"]


def _block(width: int) -> Any:
    scale = {"weight": jnp.ones(width), "bias": jnp.zeros(width)}
    return {
        "before": dict(scale),
        "between": dict(scale),
        "query_key_value": _linear(width, 3 * width),
        "out": _linear(width, width),
        "up": _linear(width, 4 * width),
        "down": _linear(4 * width, width),
    }


def _attend(block: Any, x: Any, heads: int, causal: bool) -> Any:
    batch, length, width = x.shape
    of_heads = _apply(block["query_key_value"], _norm(block["before"], x)).reshape(batch, length, 3, heads, -1)
    query, key, value = of_heads.transpose(2, 0, 3, 1, 4)
    scores = query @ key.swapaxes(-1, -2) / math.sqrt(width // heads)
    if causal:
        scores = jnp.where(jnp.tril(jnp.ones((length, length), bool)), scores, -jnp.inf)
    seen = (jax.nn.softmax(scores) @ value).transpose(0, 2, 1, 3).reshape(batch, length, width)
    x = x + _apply(block["out"], seen)
    inside = jax.nn.gelu(_apply(block["up"], _norm(block["between"], x)), approximate=False)
    return x + _apply(block["down"], inside)


def _gpt(vocabulary: int, context: int, width: int, heads: int, layers: int) -> tuple[Any, Callable[[Any, Any], Any]]:
    parameters = {
        "tokens": jnp.asarray(RANDOM.standard_normal((vocabulary, width)), jnp.float32),
        "places": jnp.asarray(RANDOM.standard_normal((context, width)), jnp.float32),
        "blocks": [_block(width) for _ in range(layers)],
        "last": {"weight": jnp.ones(width), "bias": jnp.zeros(width)},
        "head": _uniform(width, width, vocabulary),
    }

    def forward(parameters: Any, x: Any) -> Any:
        h = parameters["tokens"][x] + parameters["places"]
        for block in parameters["blocks"]:
            h = _attend(block, h, heads, causal=True)
        return (_norm(parameters["last"], h) @ parameters["head"]).reshape(-1, vocabulary)

    return parameters, forward


def _lstm(inputs: int, hidden: int) -> tuple[Any, Callable[[Any, Any], Any]]:
    parameters = {
        "from_input": _uniform(hidden, inputs, 4 * hidden),
        "from_hidden": _uniform(hidden, hidden, 4 * hidden),
        "bias": _uniform(hidden, 4 * hidden),
        "head": _linear(hidden, 10),
    }

    def forward(parameters: Any, x: Any) -> Any:
        def cell(state: Any, given: Any) -> Any:
            h, c = state
            i, f, g, o = jnp.split(given + h @ parameters["from_hidden"], 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

        given = x.transpose(1, 0, 2) @ parameters["from_input"] + parameters["bias"]
        start = jnp.zeros((x.shape[0], hidden))
        (h, _), _ = jax.lax.scan(cell, (start, start), given)
        return _apply(parameters["head"], h)

    return parameters, forward


MODELS: dict[str, Callable[[], tuple[Any, Callable[[Any, Any], Any]]]] = {
    "MLP 64-32-10": lambda: _mlp(64, 32, 10),
    "MLP 784-128-10": lambda: _mlp(784, 128, 10),
    "MLP 784-512-512-10": lambda: _mlp(784, 512, 512, 10),
    "MLP 1024-2048-2048-1000": lambda: _mlp(1024, 2048, 2048, 1000),
    "CNN 28x28, 32 and 64 channels": _cnn,
    "GPT 4 layers, width 128, context 128": lambda: _gpt(65, 128, 128, 4, 4),
    "LSTM 128 hidden, 64 steps": lambda: _lstm(64, 128),
}


def step_of(
    workload: Workload, device: str = "cpu", batch: int | None = None
) -> tuple[Callable[[], Any], Callable[[Any], Any]]:
    """A step and what waits for its result; NotImplementedError for a workload that is not written here."""
    if workload.name not in MODELS:
        raise NotImplementedError(f"jax.jit: {workload.name} is not written for jax")
    jax.config.update("jax_default_device", jax.devices("gpu" if device == "cuda" else "cpu")[0])
    parameters, forward = MODELS[workload.name]()
    count = batch or workload.batch
    if workload.vocabulary is None:
        x = jnp.asarray(RANDOM.standard_normal((count, *workload.shape)), jnp.float32)
        y = jnp.asarray(RANDOM.integers(0, workload.classes, count))
    else:
        x = jnp.asarray(RANDOM.integers(0, workload.vocabulary, (count, *workload.shape)))
        y = jnp.asarray(RANDOM.integers(0, workload.vocabulary, x.size))

    def loss_of(parameters: Any, x: Any, y: Any) -> Any:
        logs = jax.nn.log_softmax(forward(parameters, x))
        return -jnp.take_along_axis(logs, y[:, None], axis=1).mean()

    def adam(state: Any, x: Any, y: Any) -> Any:
        parameters, mean, square, count = state
        loss, slopes = jax.value_and_grad(loss_of)(parameters, x, y)
        count = count + 1
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, slopes)
        square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, square, slopes)
        rate, correction = 1e-3 / (1 - 0.9**count), 1 / jnp.sqrt(1 - 0.999**count)
        parameters = jax.tree.map(
            lambda p, m, s: p - rate * m / (jnp.sqrt(s) * correction + 1e-8), parameters, mean, square
        )
        return (parameters, mean, square, count), loss

    compiled = jax.jit(adam, donate_argnums=0)
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = [(parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.zeros(()))]

    def step() -> Any:
        state[0], loss = compiled(state[0], x, y)
        return loss

    return step, jax.block_until_ready
