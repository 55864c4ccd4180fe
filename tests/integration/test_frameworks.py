"""torch and tensorflow values, by the real libraries: OPS0_TESTS=deep, with the extra ``deep``."""

from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ops0.core.values import custom
from ops0.core.values.about import about
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.store import load_value, save_value
from ops0.integrations.pytorch import ModuleSerializer
from ops0.integrations.tensorflow import ModelSerializer

pytestmark = [
    pytest.mark.skipif(os.environ.get("OPS0_TESTS") != "deep", reason="OPS0_TESTS=deep"),
    pytest.mark.filterwarnings("ignore"),  # the libraries' own
]


def there_and_back(value: Any, folder: Path, form: str) -> Any:
    saved = save_value(value, str(folder))
    assert saved["format"] == form
    return load_value(saved, str(folder))


def test_tensors(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    kinds = [
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.int64,
        torch.int8,
        torch.uint8,
        torch.bool,
    ]
    for at, kind in enumerate(kinds):
        for shape in ((), (0, 3), (2, 3)):
            tensor = torch.ones(shape).to(kind)
            back = there_and_back(
                tensor, tmp_path / f"{at}-{len(shape)}-{sum(shape)}", "safetensors"
            )
            assert (back.dtype, back.shape) == (tensor.dtype, tensor.shape)
            assert torch.equal(back, tensor)


def test_a_tensor_is_mapped_and_ones_own(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    saved = save_value(torch.arange(1000.0), str(tmp_path))
    first = load_value(saved, str(tmp_path))
    first.mul_(2)
    assert float(first[2]) == 4
    assert float(load_value(saved, str(tmp_path))[2]) == 2


def net(torch: Any) -> Any:
    return torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1)
    )


def test_a_state_dict(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    state = net(torch).state_dict()
    back = there_and_back(state, tmp_path, "safetensors")
    assert (type(back), list(back)) == (OrderedDict, list(state))
    assert all(torch.equal(back[name], state[name]) for name in state)
    assert back._metadata == state._metadata
    net(torch).load_state_dict(back)
    told = about(state)
    assert (told["tensors"], told["numbers"]) == (
        len(state),
        sum(one.numel() for one in state.values()),
    )


def test_the_library_of_the_format_reads_it(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    state = {
        "b": torch.ones(3),
        "a": torch.zeros(2, 2, dtype=torch.float64),
        "c": torch.tensor([True]),
    }
    there_and_back(state, tmp_path, "safetensors")
    read = library.load_file(tmp_path / "value.safetensors")
    assert all(torch.equal(read[name], state[name]) for name in state)


def test_other_tensors_are_pickled(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    shared = torch.ones(3)
    others = [
        torch.ones(2, 3).T,
        torch.ones(2, requires_grad=True),
        torch.nn.Parameter(torch.ones(2)),
        torch.ones(2, dtype=torch.complex64),
        {"a": shared, "b": shared},
        {"a": torch.ones(2), "b": 1},
        net(torch),
    ]
    for at, value in enumerate(others):
        back = there_and_back(value, tmp_path / str(at), "pickle")
        assert type(back) is type(value)
    tied = load_value(save_value(others[4], str(tmp_path / "t")), str(tmp_path / "t"))
    tied["a"][0] = 5
    assert float(tied["b"][0]) == 5


def test_a_module_by_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(custom, "_serializers", {})

    class Tied(torch.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
            self.second.weight = self.first.weight
            self.register_buffer("seen", torch.tensor(7))

        def forward(self, rows: Any) -> Any:
            return self.second(self.first(rows))

    module, rows = Tied(), torch.ones(2, 3)
    custom.register_serializer(Tied, ModuleSerializer(Tied))
    back = there_and_back(module, tmp_path / "tied", "custom")
    assert torch.equal(back(rows), module(rows))
    assert back.second.weight is back.first.weight
    assert int(back.seen) == 7
    module.extra = torch.nn.Parameter(torch.ones(2, dtype=torch.complex64))
    with pytest.raises(ValueFault, match="dense tensors of plain numbers"):
        save_value(module, str(tmp_path / "complex"))
    with pytest.raises(TypeError, match="cannot be called"):
        ModuleSerializer(module.state_dict())  # type: ignore[arg-type]


def test_a_keras_model_with_a_class_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras = pytest.importorskip("keras")
    monkeypatch.setattr(custom, "_serializers", {})

    class Double(keras.layers.Layer):  # type: ignore[misc,name-defined]
        def call(self, rows: Any) -> Any:
            return rows * 2

    model = keras.Sequential([keras.Input((3,)), Double(), keras.layers.Dense(1)])
    assert save_value(model, str(tmp_path / "before"))["format"] == "pickle"
    custom.register_serializer(keras.Model, ModelSerializer(Double))
    rows = np.ones((2, 3))
    back = there_and_back(model, tmp_path / "kept", "custom")
    assert np.array_equal(back.predict(rows, verbose=0), model.predict(rows, verbose=0))
    custom.register_serializer(keras.Model, ModelSerializer())
    with pytest.raises(InputFault, match="Double"):
        load_value(save_value(model, str(tmp_path / "unknown")), str(tmp_path / "unknown"))


def test_keras_models(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    data, goal = np.random.default_rng(0).random((20, 3)), np.ones(20)
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse")
    model.fit(data, goal, verbose=0)
    back = there_and_back(model, tmp_path / "a", "keras")
    assert np.array_equal(back.predict(data, verbose=0), model.predict(data, verbose=0))
    assert type(back.optimizer).__name__ == "Adam"
    given = keras.Input((3,))
    functional = keras.Model(given, keras.layers.Dense(2)(given))
    assert there_and_back(functional, tmp_path / "b", "keras").count_params() == 8
    risky = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x * 2)])
    assert save_value(risky, str(tmp_path / "c"))["format"] == "pickle"


def test_eager_tensors(tmp_path: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    for at, tensor in enumerate((tf.constant(3), tf.zeros((0, 2)), tf.constant([[1.0, 2.0]]))):
        back = there_and_back(tensor, tmp_path / str(at), "tensorflow")
        assert (type(back), back.dtype, back.shape) == (type(tensor), tensor.dtype, tensor.shape)
        assert np.array_equal(back.numpy(), tensor.numpy())
    for at, tensor in enumerate(
        (tf.constant("a"), tf.constant(["a"]), tf.cast([1.0], tf.bfloat16))
    ):
        assert there_and_back(tensor, tmp_path / f"p{at}", "pickle").dtype == tensor.dtype
