"""Models on an MLflow server: registered models, their versions and aliases. Host only; needs ``ops0[mlflow]``.

What ops0 saves is a version whose artifacts are the value's files and its manifest; tags name the manifest's digest and
where the model came from. A version that others have logged is one too: the step gets its folder as a ``Path``, for
``mlflow.sklearn.load_model`` and the like. A version is fetched once::

    <state>/models/.mlflow/<12 digits of the server's hash>/<name>/<version>/    as in store.py
                           .saving.<letters>/                                    on its way to the server

source: https://mlflow.org/docs/latest/ml/model-registry/
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops0.core.api.model import SERVER
from ops0.core.digest import sha256
from ops0.core.folders import state_dir
from ops0.core.models.files import written
from ops0.core.models.store import ModelVersion, NoModel, version_in
from ops0.core.values.bounds import MANIFEST_NAME
from ops0.core.values.faults import InputFault, StorageFault
from ops0.core.values.files import names_in
from ops0.core.values.manifest import read_manifest, write_manifest

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion as Registered

_VARIABLE = "MLFLOW_TRACKING_URI"
_EXPERIMENT = "ops0"
_HOME = "models/.mlflow"
DIGEST = "ops0.manifest"
_FOLDER = "model"
_UNLESS_SAID_OTHERWISE = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # the client's defaults are silent for minutes when nobody answers
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # ops0's stdout is data
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
_ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")  # the latter: of an unknown alias


def save_to_server(model: Any, name: str, alias: str | None) -> ModelVersion:
    """Upload a model as the next version. Raises ValueFault, InputFault, StorageFault."""
    home = state_dir() / _HOME
    home.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=".saving.", dir=home) as folder,
        _server(name) as client,
    ):
        head = written(model, name, Path(folder))
        version = _upload(client, Path(folder), head, alias)
    return fetch_from_server(f"{name}@{version}")


def keep_on_server(folder: Path, head: Mapping[str, Any], alias: str | None) -> ModelVersion:
    """Upload a model whose files are written already, once: see ``keep_written``. Raises InputFault, StorageFault."""
    name = str(head["name"])
    with _server(name) as client:
        version = _known(client, name.removeprefix(SERVER), _manifest_digest(folder, head))
        if version is None:
            version = _upload(client, folder, head, alias)
        elif alias is not None:
            client.set_registered_model_alias(name.removeprefix(SERVER), alias, version)
    return fetch_from_server(f"{name}@{version}")


def _known(client: MlflowClient, registered: str, digest: str) -> str | None:
    """The version whose tag names a manifest."""
    found = client.search_model_versions(f"name = '{registered}'")
    return next((str(one.version) for one in found if one.tags.get(DIGEST) == digest), None)


def _manifest_digest(folder: Path, head: Mapping[str, Any]) -> str:
    """Write the manifest beside the files; gives its sha256."""
    return write_manifest(str(folder), head)


def _upload(client: MlflowClient, folder: Path, head: Mapping[str, Any], alias: str | None) -> str:
    registered = str(head["name"]).removeprefix(SERVER)
    tags = {DIGEST: _manifest_digest(folder, head), **_lineage_tags(head["lineage"])}
    run = client.create_run(_experiment(client), tags=tags, run_name=registered)
    client.log_artifacts(run.info.run_id, str(folder), _FOLDER)
    client.set_terminated(run.info.run_id)
    _register(client, registered)
    source = f"{run.info.artifact_uri}/{_FOLDER}"
    made = client.create_model_version(
        registered, source, run_id=run.info.run_id, tags=tags, await_creation_for=0
    )
    if alias is not None:
        client.set_registered_model_alias(registered, alias, made.version)
    return str(made.version)


def fetch_from_server(reference: str) -> ModelVersion:
    """The version that is meant now, its files on this machine. Raises NoModel, InputFault, StorageFault."""
    name, _, wanted = reference.removeprefix(SERVER).partition("@")
    with _server(reference) as client:
        found = _find(client, reference, name, wanted)
        number = int(found.version)
        home = state_dir() / _HOME / sha256(_address().encode())[:12] / name
        folder = home / str(number)
        if not (folder / MANIFEST_NAME).is_file():
            home.mkdir(parents=True, exist_ok=True)
            _fetch(client, found, folder)
    version = version_in(folder, f"{SERVER}{name}", number)
    expected = found.tags.get(DIGEST)
    if expected is not None and version.digest != expected:
        raise InputFault(
            f"model '{reference}': version {number} is not what its tag {DIGEST} says",
            f"remove {folder} if only this copy is damaged; else save the model again",
        )
    return version


def _find(client: MlflowClient, reference: str, name: str, wanted: str) -> Registered:
    from mlflow.exceptions import MlflowException  # noqa: PLC0415

    try:
        if wanted.isdigit():
            return client.get_model_version(name, wanted)
        if wanted:
            return client.get_model_version_by_alias(name, wanted)
        versions = list(client.search_model_versions(f"name = '{name}'"))
    except MlflowException as fault:
        if fault.error_code not in _ABSENT:
            raise
        versions = []
    if not versions:
        raise NoModel(reference, (), f"by the MLflow server at {_plain(_address())}")
    return max(versions, key=lambda one: int(one.version))


def _fetch(client: MlflowClient, found: Registered, folder: Path) -> None:
    """Download a version aside and rename it, so that it is there whole or not at all."""
    from mlflow.artifacts import download_artifacts  # noqa: PLC0415

    uri = client.get_model_version_download_uri(found.name, str(found.version))
    aside = Path(tempfile.mkdtemp(prefix=".fetching.", dir=folder.parent))
    try:
        aside.chmod(0o755)
        whole = aside / "got"
        whole.mkdir()
        got = Path(
            download_artifacts(artifact_uri=uri, dst_path=str(whole), tracking_uri=_address())
        )
        if DIGEST not in found.tags:
            value = aside / "value"
            value.mkdir()
            head = written(got, f"{SERVER}{found.name}", value)
            lineage = {"mlflow_run": found.run_id}
            write_manifest(str(value), {**head, "lineage": lineage, "version": int(found.version)})
            got = value
        else:
            _make_folders(got)
        if not folder.exists():
            got.rename(folder)
    except OSError:
        if not folder.exists():  # else another process was faster
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _make_folders(folder: Path) -> None:
    """Make the folders that are part of the value: artifact stores know files only, so what is empty did not come."""
    for name in names_in(read_manifest(str(folder)).get("value"))[1]:
        (folder / name).mkdir(parents=True, exist_ok=True)


@contextmanager
def _server(reference: str) -> Iterator[MlflowClient]:
    """The client, for as long as the block lasts. Raises StorageFault for all that goes wrong in it."""
    address = _address()
    if not address:
        raise StorageFault(
            f"model '{reference}': {_VARIABLE} is not set",
            f"say where the MLflow server is: export {_VARIABLE}=http://HOST:5000",
        )
    for variable, value in _UNLESS_SAID_OTHERWISE.items():
        os.environ.setdefault(variable, value)
    try:
        from mlflow import MlflowClient  # noqa: PLC0415 - takes a second and a half
        from mlflow.exceptions import MlflowException  # noqa: PLC0415
    except ImportError:
        raise StorageFault(
            f"model '{reference}': the package mlflow is not installed",
            'run: pip install "ops0[mlflow]"',
        ) from None
    try:
        yield MlflowClient(tracking_uri=address, registry_uri=address)
    except MlflowException as fault:
        text = str(fault).partition("\n")[0][:300].replace(address, _plain(address))
        raise StorageFault(
            f"model '{reference}': {_plain(address)}: {text}",
            f"check {_VARIABLE}, the server, and MLFLOW_TRACKING_USERNAME and _PASSWORD or _TOKEN",
        ) from None


def _experiment(client: MlflowClient) -> str:
    found = client.get_experiment_by_name(_EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(_EXPERIMENT))


def _register(client: MlflowClient, name: str) -> None:
    from mlflow.exceptions import MlflowException  # noqa: PLC0415

    try:
        client.create_registered_model(name)
    except MlflowException as fault:
        if fault.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _lineage_tags(lineage: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"ops0.{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in lineage.items()
        if value is not None
    }


def _address() -> str:
    return os.environ.get(_VARIABLE, "")


def _plain(address: str) -> str:
    """Without the user and the password that may stand in it."""
    return re.sub(r"//[^/]*@", "//", address)
