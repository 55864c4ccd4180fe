"""What a run's results are, as digests: two runs gave the same exactly where these are equal."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ops0.core.digest import digest_of
from ops0.core.errors import RunError
from ops0.runtime.outputs.value_digest import value_digest
from ops0.runtime.report import Report


class BadExpectation(RunError):
    """The file after ``--expect`` is not what an earlier ``ops0 run --json`` printed."""

    exit_code = 59

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path}: holds no digests of results", f"make it: ops0 run PIPELINE --json > {path}"
        )
        self.path = path


class ResultsDiffer(RunError):
    """The run gave other results than were expected. ``calls``: those that differ."""

    exit_code = 59

    def __init__(self, path: str, found: Mapping[str, str], expected: Mapping[str, str]) -> None:
        names = sorted({*found, *expected})
        self.calls = tuple(name for name in names if found.get(name) != expected.get(name))
        told = "\n".join(
            f"  {name}: {found.get(name, 'none')}, expected {expected.get(name, 'none')}"
            for name in self.calls
        )
        super().__init__(
            f"the results are not those of {path}:\n{told}",
            "were the parameters and data the same? A step that uses time or chance gives other results each time",
        )
        self.path = path


def result_digests(report: Report) -> Mapping[str, str]:
    """``sha256:…`` of each result, by call: over the types, formats and files of its value."""
    values = {one.call: one.value for one in report.calls if one.value is not None}
    found: dict[str, str] = {
        call: value_digest(values[call]) for call in report.results if call in values
    }
    for call, items in report.spread.items():
        if call in report.results:
            found[call] = f"sha256:{digest_of([value_digest(values[one]) for one in items])}"
    return found


def read_expected(data: bytes, path: str) -> Mapping[str, str]:
    """The digests that an earlier ``ops0 run --json`` printed. Raises BadExpectation."""
    try:
        told = json.loads(data)
        digests = told["digests"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadExpectation(path) from None
    if not isinstance(digests, dict) or not digests:
        raise BadExpectation(path)
    return {str(call): str(digest) for call, digest in digests.items()}


def check_expected(report: Report, expected: Mapping[str, str], path: str) -> None:
    """Whether a run gave what was expected. Raises ResultsDiffer."""
    found = result_digests(report)
    if found != expected:
        raise ResultsDiffer(path, found, expected)
