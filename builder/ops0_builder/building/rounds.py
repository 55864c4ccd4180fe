"""In which rounds the images of a build are made, so that no two unpack the same large layers side by side. Pure.

An engine with containerd's store keeps a layer unpacked on top of all that is below it, and BuildKit unpacks what it
does not find there. Images that are stored at the same time find nothing: ten that begin with the same layers unpack
each of them up to ten times. One of them first, and the others find all that they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ops0.core.plan import ImagePlan

MOST = 3
"""Rounds of a build: each costs a second, and in the last one are all that are left."""
WORTH = 5_000_000
"""Bytes of wheels, which take a processor half a second to unpack: for less an image does not wait."""

Chain = tuple[str, ...]
"""The keys of a layer and of all below it, the base's digest first."""


def in_rounds(
    images: Sequence[ImagePlan], *, there: Iterable[ImagePlan] = ()
) -> tuple[tuple[ImagePlan, ...], ...]:
    """Each image once, in at most MOST rounds; in each, those with the most bytes bring what others wait for.

    An image waits for the next round where most of what it brings is brought in this one too.

    there: images whose layers, but for their code, the engine has likely unpacked
    """
    unpacked = {chain for image in there for chain, _ in _chains(image)}
    rounds: list[tuple[ImagePlan, ...]] = []
    left = sorted(images, key=_bytes, reverse=True)
    while left and len(rounds) < MOST - 1:
        now: list[ImagePlan] = []
        brought: set[Chain] = set()
        for image in left:
            new = {chain: size for chain, size in _chains(image) if chain not in unpacked}
            twice = sum(size for chain, size in new.items() if chain in brought)
            if twice < WORTH or 2 * twice < sum(new.values()):
                now.append(image)
                brought |= new.keys()
        unpacked |= brought
        rounds.append(_in_order(images, now))
        left = [image for image in left if image not in now]
    return (*rounds, _in_order(images, left)) if left else tuple(rounds)


def _chains(image: ImagePlan) -> Iterator[tuple[Chain, int]]:
    """Each layer of its own below the code, with what it stands on, and its bytes."""
    chain: Chain = (image.base.digest,)
    for layer in image.layers:
        if layer.kind not in ("base", "code"):
            chain = (*chain, layer.key)
            yield chain, layer.size


def _bytes(image: ImagePlan) -> int:
    return sum(size for _, size in _chains(image))


def _in_order(images: Sequence[ImagePlan], chosen: Sequence[ImagePlan]) -> tuple[ImagePlan, ...]:
    return tuple(image for image in images if image in chosen)
