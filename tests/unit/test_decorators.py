"""The contributor guide's own tests of ``@ops0.step``, where it has them."""

from __future__ import annotations

from ops0.core.decorators import step


def test_step_decorator_basic() -> None:
    @step
    def sample_step(x: int) -> int:
        return x * 2

    assert sample_step.is_ops0_step is True
    assert sample_step.input_signature == {"x": int}
    assert sample_step.output_signature == int  # noqa: E721 - as the contributor guide writes it


def test_step_decorator_with_multiple_inputs() -> None:
    @step
    def multi_input_step(a: str, b: int, c: float = 1.0) -> dict:  # type: ignore[type-arg]
        return {"a": a, "b": b, "c": c}

    expected_signature = {"a": str, "b": int, "c": (float, 1.0)}
    assert multi_input_step.input_signature == expected_signature
