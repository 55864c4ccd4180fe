from functools import partial

import jax.numpy as jnp
import optax
from jax import config, grad, jit, random
from jax.lax import cond, fori_loop

config.update("jax_enable_x64", True)


def reward(state, action, settings):
    return cond(
        action == settings["L"],
        lambda x: jnp.log(1 - jnp.sum(x) / settings["L"]),
        lambda x: -settings["s"] - jnp.log(settings["L"]),
        state,
    )


def _flip(state, site):
    return state.at[site].set(-(state[site] - 1))


def step(state, action, settings):
    return cond(action == settings["L"], lambda x: x, lambda x: _flip(x, action), state)


def drawn(state, key):
    key, other = random.split(key)
    size = jnp.size(state)
    site = random.randint(other, (1,), 0, size)[0]
    return cond(state[site], lambda s: (s + 1) % size, lambda s: size, site), key


@partial(jit, static_argnums=(2,))
def walked(state, key, count):
    def one(i, carried):
        state, key = carried
        action, key = drawn(state, key)
        return step(state, action, {"L": state.size}), key

    return fori_loop(0, count, one, (state, key))


def watcher(rate):
    def watch(seen, action, settings):
        moved = cond(action == settings["L"], lambda: 0, lambda: 1)
        return seen.at[0].add(rate * (moved - seen[0]))

    return watch


def fitted(start, loss, rounds=100):
    rule = optax.adam(1e-2)
    state = rule.init(start)
    for _ in range(rounds):
        change, state = rule.update(grad(loss)(start), state)
        start = optax.apply_updates(start, change)
    return start


def table(rows):
    return "\n".join(f"{name}\t{value:.3f}" for name, value in rows)


if __name__ == "__main__":
    end, _ = walked(jnp.zeros(20, dtype=int), random.PRNGKey(1), 100)
    print(table([("mean", float(end.mean()))]))
    print(fitted(jnp.ones(3), lambda x: jnp.sum(x**2)))
