"""What the runner is told: STEP.json and the go line, read strictly. Python 3.8."""

from __future__ import annotations

import json
import os

from ops0_runner.protocol import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple


class JobFault(Exception):
    """STEP.json or the go line makes no sense. The text says which field."""


class StepFile:
    """STEP.json: which function of which module to run.

    roots:   folders to import from, first on the path
    project: the folder that file names in tracebacks are relative to; None: the first root that holds the file
    needs:   in a Python of the user's, requirement -> what is imported of it; an image was proved to hold all
    others:  likewise what the pipeline's other steps need, whose files this one may import whole
    model:   what the image holds for the argument ``model``; None where it holds none
    lifeline: a descriptor, see lifeline.py; None in a container
    """

    __slots__ = (
        "function",
        "lifeline",
        "model",
        "module",
        "needs",
        "others",
        "project",
        "roots",
        "step",
    )

    def __init__(self, fields: Dict[str, Any]) -> None:
        self.step: str = _text(fields, "step")
        self.module: str = _text(fields, "module")
        self.function: str = _text(fields, "function")
        roots = fields.get("roots")
        if not isinstance(roots, list) or not all(isinstance(root, str) and root for root in roots):
            raise JobFault("roots: not a list of folders")
        self.roots: Tuple[str, ...] = tuple(roots)
        project = fields.get("project")
        if project is not None and not isinstance(project, str):
            raise JobFault("project: not a folder")
        self.project: Optional[str] = project
        self.needs: Dict[str, List[str]] = _needs(fields, "needs")
        self.others: Dict[str, List[str]] = _needs(fields, "others")
        lifeline = fields.get("lifeline")
        if lifeline is not None and (type(lifeline) is not int or lifeline < 0):
            raise JobFault("lifeline: not a descriptor")
        self.lifeline: Optional[int] = lifeline
        model = fields.get("model")
        if model is not None and not isinstance(model, dict):
            raise JobFault("model: not an object")
        self.model: Optional[Input] = (
            None if model is None else Input("model", {**model, "from": "value"})
        )


class Go:
    """The go line: this attempt's inputs, and where its result goes.

    inputs: argument -> Input;  apart: the items of the result are to be stored one by one
    tell:   the host wants the result itself
    """

    __slots__ = ("apart", "attempt", "call", "inputs", "nonce", "output", "run", "secrets", "tell")

    def __init__(self, fields: Dict[str, Any]) -> None:
        self.run: str = _text(fields, "run")
        self.call: str = _text(fields, "call")
        self.nonce: str = _text(fields, "nonce")
        self.output: str = _folder(fields, "output")
        self.apart: bool = fields.get("apart") is True
        self.tell: bool = fields.get("tell") is True
        attempt = fields.get("attempt")
        if type(attempt) is not int or attempt < 1:
            raise JobFault("attempt: not a number from 1")
        self.attempt: int = attempt
        inputs = fields.get("inputs")
        if not isinstance(inputs, dict):
            raise JobFault("inputs: not an object")
        self.inputs: Dict[str, Input] = {name: Input(name, given) for name, given in inputs.items()}
        secrets = fields.get("secrets", {})
        if not isinstance(secrets, dict) or not all(map(_is_variable, secrets.items())):
            raise JobFault("secrets: not an object of texts")
        self.secrets: Dict[str, str] = secrets


def _needs(fields: Dict[str, Any], name: str) -> Dict[str, List[str]]:
    needs = fields.get(name, {})
    if not isinstance(needs, dict) or not all(map(_are_imports, needs.values())):
        raise JobFault(f"{name}: not lists of imports")
    return needs


def _are_imports(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(one, str) and one for one in given)


def _is_variable(pair: Tuple[Any, Any]) -> bool:
    name, value = pair
    plain = bool(name) and "=" not in name and "\0" not in name
    return plain and isinstance(value, str) and "\0" not in value


class Input:
    """One argument: a value as it is, a folder that another call's attempt has written, or several put together.

    shape: how ``parts`` are put together; None for a list of them
    """

    __slots__ = (
        "as_path",
        "digest",
        "is_value",
        "item",
        "nonce",
        "parts",
        "path",
        "shape",
        "value",
    )

    def __init__(self, name: str, fields: Any) -> None:
        kind = fields.get("from") if isinstance(fields, dict) else None
        if kind not in ("value", "values", "parts", "json"):
            raise JobFault(f"inputs.{name}: neither a value nor json")
        self.is_value: bool = kind == "value"
        self.parts: Optional[Tuple[Input, ...]] = None
        self.shape: Any = None
        self.value: Any = fields.get("value")
        self.as_path = fields.get("as") == "path"
        self.path = self.nonce = ""
        self.item: Optional[int] = None
        self.digest: Optional[str] = None
        if kind == "json" and "value" not in fields:
            raise JobFault(f"inputs.{name}.value: missing")
        if kind == "values":
            parts = fields.get("of")
            if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
                raise JobFault(f"inputs.{name}.of: not a list of values")
            self.parts = tuple(Input(name, {**part, "from": "value"}) for part in parts)
        if kind == "parts":
            from ops0.core.values.shape import is_shape  # noqa: PLC0415 - few arguments are

            parts = fields.get("of")
            if not isinstance(parts, list):
                raise JobFault(f"inputs.{name}.of: not a list of inputs")
            self.parts = tuple(Input(f"{name}[{at}]", part) for at, part in enumerate(parts))
            self.shape = fields.get("shape")
            if not is_shape(self.shape, len(parts)):
                raise JobFault(f"inputs.{name}.shape: not a shape of its parts")
        if self.is_value:
            self.path = _folder(fields, "path", f"inputs.{name}.")
            self.nonce = _text(fields, "nonce", f"inputs.{name}.")
            item = fields.get("item")
            if item is not None and (type(item) is not int or item < 0):
                raise JobFault(f"inputs.{name}.item: not a number from 0")
            self.item = item
            if fields.get("manifest") is not None:
                self.digest = _text(fields, "manifest", f"inputs.{name}.")


def read_step(path: str) -> StepFile:
    """Read STEP.json. Raises JobFault."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as fault:
        raise JobFault(f"{path}: {fault.strerror}") from None
    return StepFile(_fields(data))


def read_go(line: bytes) -> Go:
    """Read the go line. Raises JobFault."""
    try:
        return Go(_fields(line))
    except RecursionError:
        raise JobFault("inputs: too many in each other") from None


def _fields(data: bytes) -> Dict[str, Any]:
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        raise JobFault("not JSON") from None
    if not isinstance(fields, dict):
        raise JobFault("not a JSON object")
    if fields.get("v") != VERSION:
        raise JobFault(f"v: this runner reads version {VERSION} only")
    return fields


def _text(fields: Dict[str, Any], name: str, place: str = "") -> str:
    text = fields.get(name)
    if not isinstance(text, str) or not text or "\0" in text:
        raise JobFault(f"{place}{name}: not a text")
    return text


def _folder(fields: Dict[str, Any], name: str, place: str = "") -> str:
    folder = _text(fields, name, place)
    if not os.path.isabs(folder) or ".." in folder.split("/"):
        raise JobFault(f"{place}{name}: not an absolute folder")
    return folder
