"""Times a training batch of the modulation network in JAX: a jitted scan over the
samples of a context, smooth L1, gradients clipped by value, Adam. Written from the
paper's equations for Unmix Lab's `bench --against`; prints one line of JSON.

Letters: B rows, T samples, S sources, H LSTM cells. Usage: rows samples cells batches.
"""
import json
import statistics
import sys
import time

import jax
import jax.numpy as jnp

B, T, H, BATCHES = map(int, sys.argv[1:5])
S = 2


def draw(key):
    """Parameters as PyTorch draws them, uniform in ±1/sqrt(H), and fixed weights near 1."""
    shapes = {"ih": (4 * H, 2 * S), "hh": (4 * H, H), "bias_ih": (4 * H,), "bias_hh": (4 * H,), "out": (S * S, H), "bias_out": (S * S,)}
    keys = jax.random.split(key, len(shapes) + 1)
    bound = H**-0.5
    params = {n: jax.random.uniform(k, s, minval=-bound, maxval=bound) for (n, s), k in zip(shapes.items(), keys)}
    return params, 1 + 0.001 * jax.random.normal(keys[-1], (S, S))


def step(params, fixed, state, x):
    """One sample: respond with the present weights, then let the LSTM set the next ones."""
    h, c, w = state
    y = jnp.einsum("bij,bj->bi", w, x)
    gates = jnp.concatenate([x, y], 1) @ params["ih"].T + h @ params["hh"].T + params["bias_ih"] + params["bias_hh"]
    i, f, g, o = jnp.split(gates, 4, axis=1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    w = fixed * (h @ params["out"].T + params["bias_out"]).reshape(B, S, S)
    return (h, c, w), y


def loss(params, fixed, state, x, s):
    state, y = jax.lax.scan(lambda st, xt: step(params, fixed, st, xt), state, x)
    d = jnp.abs(y - s[:, None, :])
    return jnp.where(d < 1, d * d / 2, d - 0.5).mean(axis=(1, 2)).sum(), state


@jax.jit
def train(params, fixed, m, v, n, state, x, s):
    (value, state), grads = jax.value_and_grad(loss, has_aux=True)(params, fixed, state, x, s)
    grads = jax.tree.map(lambda g: jnp.clip(g, -1, 1), grads)
    m = jax.tree.map(lambda a, g: 0.9 * a + 0.1 * g, m, grads)
    v = jax.tree.map(lambda a, g: 0.999 * a + 0.001 * g * g, v, grads)
    params = jax.tree.map(lambda p, a, b: p - 1e-3 * (a / (1 - 0.9**n)) / (jnp.sqrt(b / (1 - 0.999**n)) + 1e-8), params, m, v)
    return params, m, v, jax.tree.map(jax.lax.stop_gradient, state), value


def batch(key):
    """Sources of two chords at random phases, and a context for each row."""
    phases, mix = jax.random.split(key)
    t = jnp.arange(T) / 8000
    p = jax.random.uniform(phases, (S,)) * 2
    chords = ((100, 125), (150, 210))
    s = jnp.stack([sum(jnp.sin(2 * jnp.pi * f * (t + p[j])) for f in chord) / 2 for j, chord in enumerate(chords)], 1)
    a = jax.random.uniform(mix, (B, S, S))
    a = a / a.sum(2, keepdims=True)
    return jnp.einsum("bij,tj->tbi", a, s), s


key = jax.random.PRNGKey(1)
params, fixed = draw(key)
m = v = jax.tree.map(jnp.zeros_like, params)
state = (jnp.zeros((B, H)), jnp.zeros((B, H)), jnp.zeros((B, S, S)))
seconds = []
for n in range(1, BATCHES + 3):
    key, sub = jax.random.split(key)
    x, s = jax.block_until_ready(batch(sub))
    begin = time.perf_counter()
    params, m, v, state, value = train(params, fixed, m, v, n, state, x, s)
    value = float(value)
    if n > 2:
        seconds.append(time.perf_counter() - begin)
print(json.dumps({"name": "JAX, jitted scan", "version": jax.__version__, "seconds": statistics.median(seconds), "loss": value}))
