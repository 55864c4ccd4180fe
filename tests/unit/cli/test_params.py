"""What the texts after ``--param`` become, by the parameters' annotations."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.cli.given_params import BadParam, ParamTooDeep, ParamUnfit, split_params, typed_params
from ops0.core.pipeline import Call, CallId, FromParam, JsonValue, Pipeline, StepName, Where


def flow(annotation: str | None) -> Pipeline:
    source = FromParam(param="x", required=True, annotation=annotation)
    call = Call(
        id=CallId("one"),
        step=StepName("one"),
        inputs=(("x", source),),
        where=Where("pipeline.py", 1),
    )
    return Pipeline(
        name="flow",
        entry="pipeline.py",
        steps=(),
        calls=(call,),
        results=(),
        explicit=True,
    )


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (None, "3", 3),
        (None, "a b", "a b"),
        (None, "False", "False"),
        ("str", "3", "3"),
        ("Optional[str]", "null", "null"),
        ("Path", "1", "1"),
        ("int", "3", 3),
        ("'int'", "-3", -3),
        ("int | None", "null", None),
        ("float", "3", 3),
        ("typing.Optional[float]", "0.5", 0.5),
        ("bool", "true", True),
        ("bool", "False", False),
        ("list[int]", "[1]", [1]),
        (None, "1e999", "1e999"),
        (None, "[1e999, NaN]", ["1e999", "NaN"]),
    ],
)
def test_a_text_becomes_what_the_annotation_says(
    annotation: str | None, text: str, value: JsonValue
) -> None:
    given = typed_params({"x": text}, flow(annotation))["x"]
    assert (given, type(given)) == (value, type(value))


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        ("int", "abc"),
        ("int", "0.5"),
        ("int", "true"),
        ("float", "NaN"),
        ("bool", "no"),
        ("bool", "0"),
    ],
)
def test_a_text_that_cannot_be_the_annotated_type_is_refused(annotation: str, text: str) -> None:
    with pytest.raises(ParamUnfit) as caught:
        typed_params({"x": text}, flow(annotation))
    assert str(caught.value) == f"--param x={text}: the parameter is annotated {annotation}"
    assert (caught.value.kind, caught.value.exit_code) == (annotation, 5)


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        ("Path", "rows.json", "/home/me/rows.json"),
        ("pathlib.Path | None", "../1", "/home/me/../1"),
        ("Path", "/data/rows.json", "/data/rows.json"),
        ("str", "rows.json", "rows.json"),
        (None, "rows.json", "rows.json"),
    ],
)
def test_a_relative_path_begins_in_the_folder_that_is_named(
    annotation: str | None, text: str, value: str
) -> None:
    assert typed_params({"x": text}, flow(annotation), folder=Path("/home/me")) == {"x": value}


@pytest.mark.parametrize("text", ["x", "=3", "a b=3", ""])
def test_what_is_not_name_and_value_is_refused(text: str) -> None:
    with pytest.raises(BadParam):
        split_params([text])


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 100_000 + "]" * 100_000])
def test_a_value_that_is_nested_too_deeply(text: str) -> None:
    with pytest.raises(ParamTooDeep) as caught:
        typed_params({"x": text}, flow(None))
    assert caught.value.exit_code == 5
    assert len(str(caught.value)) < 100


def test_a_number_that_no_json_has_is_no_float() -> None:
    with pytest.raises(ParamUnfit):
        typed_params({"x": "1e999"}, flow("float"))
