"""Names that a step asks of ops0 and that ops0 has not: told before the step has worked for hours towards them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ops0 import __all__ as PUBLIC  # noqa: N812
from ops0.core.facts import ReadFact
from ops0.core.near import did_you_mean
from ops0.core.pipeline import Warn

__all__ = ["misnamed"]

_CLOSE = 0.7


def misnamed(reads: Iterable[ReadFact]) -> Iterator[Warn]:
    """A warning for each name such as ``ops0.log_metrics``, with what may be meant.

    Names of ops0 itself only: who goes deeper, as ``ops0.core.storage.StorageLayer``, has imported it.
    """
    for read in reads:
        name = read.name.removeprefix("ops0.")
        if read.is_own and name and "." not in name and name not in PUBLIC:
            known = (one for one in PUBLIC if not one.startswith("_"))
            yield Warn(
                where=read.where,
                text=f"`ops0.{name}` is not there: the step fails where it uses it",
                hint=did_you_mean(name, known, close=_CLOSE)
                or "ops0 help python lists what is there",
            )
