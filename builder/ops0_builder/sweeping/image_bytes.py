"""How many bytes go with images: layers as the engine has them unpacked, those that no other image stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from ops0.core.digest import digest_of
from ops0.host.engine_socket import EngineSocket
from ops0_builder.engine.engine_images import THREADS, list_images, unpacked


@dataclass(frozen=True, slots=True)
class Stack:
    """One image's layers, lowest first. ``keys``: each with all below it, as it is unpacked;  ``sizes``: bytes."""

    keys: tuple[str, ...]
    sizes: tuple[int, ...] = ()


def freed(gone: Mapping[str, Stack], stay: Iterable[Stack]) -> Mapping[str, int]:
    """Bytes that go with each image, in the given order. Pure. What two of them share counts for the first."""
    held = {key for stack in stay for key in stack.keys}
    found = {}
    for name, stack in gone.items():
        layers = dict(zip(stack.keys, stack.sizes, strict=False))
        found[name] = sum(size for key, size in layers.items() if key not in held)
        held |= layers.keys()
    return found


def freed_bytes(engine: EngineSocket, gone: Iterable[str]) -> Mapping[str, int]:
    """Bytes that go with images, by digest; those of which the engine does not say it are left out. Raises EngineError.

    BuildKit's cache may hold some of them longer, and it may hold them packed as well.
    """
    wanted = tuple(dict.fromkeys(gone))
    others = {one["Id"] for one in list_images(engine)} - set(wanted)
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        stay = tuple(pool.map(partial(_stack, engine), others))
        stacks = dict(zip(wanted, pool.map(partial(_sized_stack, engine), wanted), strict=True))
    return freed({name: stack for name, stack in stacks.items() if stack is not None}, stay)


def _stack(engine: EngineSocket, digest: str) -> Stack:
    image = unpacked(engine, digest)
    return Stack(() if image is None else _keys(image.layers))


def _sized_stack(engine: EngineSocket, digest: str) -> Stack | None:
    history: Any = engine.call("GET", f"/images/{digest}/history", accept=(404,)).json()
    if not isinstance(history, list):
        return None
    stack = _stack(engine, digest)
    sizes = tuple(one["Size"] for one in reversed(history) if one["Size"] > 0)
    # An instruction that makes no layer has size 0; with empty layers it cannot be told which size is whose.
    return Stack(stack.keys, sizes) if len(sizes) == len(stack.keys) else None


def _keys(layers: Iterable[str]) -> tuple[str, ...]:
    keys: list[str] = []
    for layer in layers:
        keys.append(digest_of([keys[-1] if keys else "", layer]))
    return tuple(keys)
