"""``ops0.run`` for programs and notebooks: the same stages as the command, values instead of text."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from types import FunctionType
from typing import Any, Literal

from ops0.cli import with_progress
from ops0.cli.bundle_running import BundleRun
from ops0.cli.bundles import is_bundle
from ops0.cli.declared_scratch import scratch_for
from ops0.cli.once import refuse_in_import
from ops0.cli.signing import who_signed
from ops0.cli.source_running import Placement, read_run
from ops0.cli.work import open_work
from ops0.core.api.marks import options_of, place_of
from ops0.core.api.scope import open_pipeline
from ops0.core.api.signature import innermost
from ops0.core.arguments import params_of
from ops0.core.errors import SettingsError
from ops0.core.graphs.annotated import is_path
from ops0.core.inprocess.dynamic import run_declared
from ops0.core.pipeline import CallId, Pipeline
from ops0.core.record_source import RecordSource
from ops0.core.values.manifest import read_manifest
from ops0.core.values.store import load_value
from ops0.host.data_values import NotData, load_data
from ops0.host.project import find_project
from ops0.host.secrets import Secrets, SecretsAsked, read_secrets
from ops0.runtime.options import RunOptions
from ops0.runtime.outputs.results import Result, Stored, result_folder
from ops0.runtime.report import Report
from ops0.runtime.sourcing.sourcing import ReaderName, Wanted, batches

Mode = Literal["local", "containers"]


class UnknownMode(SettingsError):
    """``mode=`` names no way to run."""

    exit_code = 8

    def __init__(self, mode: str) -> None:
        known = 'mode="local" and mode="containers"'
        fact = "is not there yet" if mode == "distributed" else "is no way to run"
        super().__init__(f"ops0.run(mode={mode!r}): {fact}", f"there are {known}")
        self.mode = mode


class NoParams(SettingsError):
    """``params=`` is no mapping."""

    exit_code = 8

    def __init__(self, given: object) -> None:
        super().__init__(
            f"ops0.run(params={given!r}): is no dict", 'write params={"count": 3}: name -> value'
        )
        self.given = given


class NoFile(SettingsError):
    """Containers need a pipeline file: functions in memory have nothing that could be analysed or copied."""

    exit_code = 8

    def __init__(self) -> None:
        super().__init__(
            'ops0.run(mode="containers"): no pipeline file is named',
            'name it: ops0.run("pipeline.py", mode="containers")',
        )


class OnlyContainers(SettingsError):
    """A bundle holds images and no source: it runs as containers only."""

    exit_code = 8

    def __init__(self, path: str) -> None:
        super().__init__(
            f'ops0.run({path!r}, mode="local"): a bundle holds images, so it runs as containers',
            'leave mode out, or write mode="containers"',
        )
        self.path = path


class NoBundleNamed(SettingsError):
    """Who must have signed, and ``secrets``, are for bundles."""

    exit_code = 8

    def __init__(self) -> None:
        super().__init__(
            "ops0.run(key=…, identity=…, secrets=…): no bundle is named",
            "a pipeline from source has no signature, and gets its secrets unasked: leave them out",
        )


def run(
    path: str | os.PathLike[str] | None = None,
    *,
    mode: Mode | None = None,
    params: Mapping[str, Any] | None = None,
    key: str | None = None,
    identity: str | None = None,
    issuer: str | None = None,
    secrets: bool = False,
) -> Any:
    """Run a pipeline and return its result; of several results: ``{call: value}``.

    path:   ``file.py``, ``flow.ipynb`` or ``file.py:name``, or a bundle, ``flow.ops0``; None: the steps declared in
            the scope that calls this
    mode:   "local": processes of this machine; "containers": each step in its own image, built if it has changed. None:
            "containers" for a bundle, else "local"
    params: parameter -> value; where ``path`` is given, JSON values and paths only
    key:    of a bundle, the public key that must have signed it: a PEM file, or ``env://NAME``
    identity, issuer: of a bundle, who must have signed it without a key, and who vouches for that
    secrets: of a bundle, whether to pass it the secrets it asks for and to post its alerts
    gives:  with "local" every value as it was returned; with "containers" what is data as such (plain data, arrays,
            frames and tables in Arrow, files), and everything else as ``Stored`` (type, size, preview, path): a host
            never unpickles what a container wrote
    raises: Ops0Error and its kinds; without a path also whatever a step raises
    """
    refuse_in_import()
    _check_given(mode, params)
    if path is not None and is_bundle(os.fspath(path)):
        if mode == "local":
            raise OnlyContainers(os.fspath(path))
        who = who_signed(key, identity, issuer)
        return _run_bundle(BundleRun(path=Path(path), who=who, secrets=secrets), params or {})
    if key is not None or identity or issuer or secrets:
        raise NoBundleNamed
    if path is not None:
        return _run_file(os.fspath(path), params or {}, containers=mode == "containers")
    if mode == "containers":
        raise NoFile
    return run_declared(params, _secrets, _sources, scratch_for)


def _check_given(mode: str | None, params: object) -> None:
    """Raises UnknownMode, NoParams: whoever calls it from Python may hand over anything."""
    if mode not in (None, "local", "containers"):
        raise UnknownMode(mode)
    if params is not None and not isinstance(params, Mapping):
        raise NoParams(params)


def _run_file(path: str, params: Mapping[str, Any], *, containers: bool) -> Any:
    work = open_work(path)
    if "ipykernel" in sys.modules:
        from ops0.cli.unsaved import kernel_names, unsaved_steps  # noqa: PLC0415 - in a kernel only

        entry = Path(work.project.root, work.project.entry)
        with_progress.show_warnings(unsaved_steps(entry, kernel_names()))
    placement: Placement = "containers" if containers else "processes"
    found = read_run(work, placement, params, _params, RunOptions())
    return value_of(found.run(), trusted=not containers)


def _params(params: Mapping[str, Any], pipeline: Pipeline, folder: Path | None) -> dict[str, Any]:
    """Paths as text. A relative one begins in ``folder``; None: it is meant inside a container, and stays as it is."""
    paths = {name for name, source in params_of(pipeline).items() if is_path(source.annotation)}

    def text(name: str, value: Any) -> Any:
        is_text = isinstance(value, str) and name in paths
        if not is_text and not isinstance(value, PurePath):
            return value
        return str(value) if folder is None else str(folder / value)

    return {name: text(name, value) for name, value in params.items()}


def _run_bundle(run: BundleRun, params: Mapping[str, Any]) -> Any:
    report = run.run(lambda found: RunOptions(params=_params(params, found, None)))
    return value_of(report, trusted=False)


def _secrets(steps: Sequence[FunctionType]) -> Secrets:
    asked = [
        SecretsAsked(
            step=step.__dict__["__ops0_name__"],
            place=place_of(step),
            references=options_of(step)["secrets"],
        )
        for step in steps
        if "secrets" in options_of(step)
    ]
    return read_secrets(asked, Path.cwd())


@contextmanager
def _sources(steps: Sequence[FunctionType]) -> Iterator[Mapping[str, Any]]:
    """A batch of each source; what its steps made of it is committed when the block ends well."""
    wanted = tuple(
        Wanted(
            step=step.__dict__["__ops0_name__"],
            place=place_of(step),
            source=RecordSource(**options_of(step)["source"]),
        )
        for step in steps
        if "source" in options_of(step)
    )
    scope = open_pipeline()
    name = scope.name if scope is not None and scope.name else "local"
    project = _project_of(steps) if wanted else None
    with batches(ReaderName(pipeline=name, project=project), wanted, "local", Path.cwd()) as given:
        yield given.values()
        given.settle()


def _project_of(steps: Sequence[FunctionType]) -> str:
    """The root of the project of the steps' file, as ``ops0 run`` has it; of a notebook, the current folder's."""
    file = Path(innermost(steps[0]).__code__.co_filename)
    return str(find_project(file if file.is_file() else Path.cwd() / "notebook.ipynb").root)


def value_of(report: Report, *, trusted: bool) -> Any:
    """A run's one result as a value; several: ``{call: value}``. ``trusted``: written by this user's own processes."""
    values = {call: _given(report, call, trusted=trusted) for call in report.results}
    return next(iter(values.values())) if len(values) == 1 else values


def _given(report: Report, call: CallId, *, trusted: bool) -> Any:
    result = report.results[call]
    if call not in report.spread or not isinstance(result, list):
        return _value(report, call, result, trusted=trusted)
    parts = zip(report.spread[call], result, strict=True)
    return [_value(report, one, part, trusted=trusted) for one, part in parts]


def _value(report: Report, call: CallId, result: Result, *, trusted: bool) -> Any:
    """One call's result. Only what this user's own processes wrote is loaded with pickle."""
    if not _holds_stored(result):
        return result
    folder = result_folder(report.folder, call)
    value = read_manifest(str(folder))["value"]
    if trusted:
        return load_value(value, str(folder))
    try:
        return load_data(value, folder)
    except NotData:
        return result


def _holds_stored(result: object) -> bool:
    if isinstance(result, (tuple, list)):
        return any(_holds_stored(item) for item in result)
    return isinstance(result, Stored)
