"""Estimators with classes of one's own as ``.skops`` files instead of pickles. Runs in images: Python 3.8.

Estimators of scikit-learn alone need nothing of this: they cross edges by skops where it is among a step's needs. One
that holds a class which skops does not know is pickled, unless somebody says that the class may be loaded::

    register_serializer(Pipeline, EstimatorSerializer(Winsorizer))

source: https://skops.readthedocs.io/en/stable/persistence.html
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["EstimatorSerializer"]


class EstimatorSerializer:
    """A serializer for ``register_serializer``.

    trusted: what may be loaded beside that which skops trusts itself: classes and functions, or their full names. Name
             a class of the project as it is, not as a text: only so is it in the images of all steps that load it
    raises:  TypeError for what is none of these
    """

    def __init__(self, *trusted: Any) -> None:
        self.trusted = tuple(_full_name(one) for one in trusted)

    def serialize(self, estimator: Any) -> bytes:
        """Give the bytes of a ``.skops`` file. Raises ImportError, TypeError for a type that nobody trusts."""
        from skops import io  # noqa: PLC0415 - only where a step has it

        data: bytes = io.dumps(estimator)
        unknown = sorted(set(io.get_untrusted_types(data=data)) - set(self.trusted))
        if unknown:
            more = ", ".join(repr(one) for one in unknown)
            raise TypeError(
                f"not trusted: EstimatorSerializer({more}) would, or the classes themselves"
            )
        return data

    def deserialize(self, data: bytes) -> Any:
        """Give the estimator. Raises ImportError, TypeError for a type that nobody trusts."""
        from skops import io  # noqa: PLC0415 - only where a step has it

        named = set(io.get_untrusted_types(data=data)) & set(self.trusted)
        return io.loads(data, trusted=sorted(named))


def _full_name(given: Any) -> str:
    if isinstance(given, str) and "." in given:
        return given
    name = getattr(given, "__qualname__", None)
    if isinstance(given, str) or not isinstance(name, str):
        raise TypeError(f"EstimatorSerializer: {given!r} is no class and no full name of one")
    return f"{given.__module__}.{name}"
