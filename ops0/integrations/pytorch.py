"""Whole modules of torch by their weights, as safetensors, instead of pickles. Runs in images: Python 3.8.

``model.state_dict()`` crosses edges as safetensors by itself. A module is a class and its weights: pickled, it would
run what is in the file. Its class is in the image, so weights suffice, if somebody says how a new module is made::

    register_serializer(Net, ModuleSerializer(Net))
"""

from __future__ import annotations

from collections import OrderedDict

from ops0.core.values.tensors import is_tensors, parts_of, tensors_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

__all__ = ["ModuleSerializer"]


class ModuleSerializer:
    """A serializer for ``register_serializer``, of modules whose state is their ``state_dict()``.

    make: gives a module of the same shape, as the class itself or a function without parameters; called on loading
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        if not callable(make):
            raise TypeError(f"ModuleSerializer: {make!r} cannot be called")
        self.make = make

    def serialize(self, module: Any) -> bytes:
        """Give the bytes of a ``.safetensors`` file. Weights come from wherever they are to the CPU's memory.

        raises: TypeError for a state that is not made of plain tensors
        """
        state = _alone(module.state_dict())
        if state and not is_tensors(state):
            raise TypeError("its state_dict() has something beside dense tensors of plain numbers")
        return b"".join(parts_of(state))

    def deserialize(self, data: bytes) -> Any:
        """Give a new module with these weights, in training mode as every new one. Raises what torch raises."""
        module = self.make()
        module.load_state_dict(tensors_in(bytearray(data)))
        return module


def _alone(state: Any) -> Any:
    """The same state, in which no two tensors share memory: the format knows no ties, loading makes them anew."""
    seen: Dict[int, str] = {}
    alone: Any = OrderedDict()
    for name, one in state.items():
        tensor = one.detach().cpu().contiguous()
        shared = seen.setdefault(tensor.data_ptr(), name) != name
        alone[name] = tensor.clone() if shared else tensor
    return alone
