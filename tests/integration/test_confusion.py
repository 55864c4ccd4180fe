"""Dependency confusion: strangers' packages on two real indexes, under every name that an import might be taken for."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ops0.core.analyzer import analyse
from ops0.core.errors import members
from ops0.core.locked import Lock, Target
from ops0.core.pipeline import Pipeline
from ops0.core.project_files import MemorySource
from ops0.core.requirements.errors import AmbiguousImport, UnknownImport
from ops0.core.requirements.resolve import resolve_needs
from ops0.host.context import read_context
from ops0.host.declared import read_declared
from ops0.host.installed import read_installed
from ops0.host.project import find_project
from ops0_builder.lock import fill_wheelhouse, lock_pipeline
from ops0_builder.lock.errors import RequirementUnfit

TARGET = Target(python="3.11", platform="linux/amd64", glibc=(2, 36))

# Typos of popular names; distributions' names that are imported otherwise; names as a company gives its own; names
# for which pipreqs's mapping has something else; words.
WRONG = [
    "numpyy", "pandsa", "pnadas", "requets", "reqeusts", "scikitlearn", "sklearnn", "tensorfow", "pytorhc",
    "matplotlb", "seabron", "sqlalchmey", "beautifulsoup4", "opencv", "opencv_python", "python_dateutil",
    "pyyaml", "pillow", "scikit_learn", "python_dotenv", "pyjwt", "psycopg2_binary", "acme_private",
    "acme_core", "internal_tools", "company_utils", "my_pipeline_lib", "datateam_common", "ml_platform",
    "feature_store_client", "abl", "alterootheme", "amitu", "nester", "oss", "plone", "version", "workflow",
    "action", "output", "nested", "singleton", "solution", "keystone", "utils", "helpers", "common", "config",
    "settings", "models", "core", "pipeline", "data", "example",
]  # fmt: skip
LEGITIMATE = {"yaml": "pyyaml", "sklearn": "scikit-learn", "acme_reports": "acme-reports"}


@dataclass
class FolderIndex:
    """A simple index on loopback: a folder of wheels. ``asked`` are the paths of all requests."""

    root: Path
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def add(self, name: str, version: str, module: str, body: str) -> None:
        """Publish a small real wheel."""
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        files = {
            f"{module}/__init__.py": body,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},,\n" for path in files)
        folder = self.root / "simple" / name
        folder.mkdir(parents=True, exist_ok=True)
        wheel = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in {**files, f"{info}/RECORD": record}.items():
                archive.writestr(zipfile.ZipInfo(path), text)
        links = "".join(f'<a href="{one.name}">{one.name}</a>\n' for one in folder.glob("*.whl"))
        (folder / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")

    def names(self) -> set[str]:
        """The distributions that were asked for."""
        return {path.split("/")[2] for path in self.asked if path.startswith("/simple/")}


class Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: object, index: FolderIndex) -> None:
        self.index = index
        super().__init__(*args, directory=str(index.root))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.index.asked.append(self.path)
        super().do_GET()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def evil(index: FolderIndex, marker: Path, *names: str) -> None:
    """A stranger's package of each name: whoever imports it leaves a trace."""
    trace = f"open({str(marker)!r}, 'a').write(__name__ + '\\n')\nEVIL = True\n"
    for name in names:
        index.add(name.replace("_", "-").lower(), "99.0", name, trace)


@pytest.fixture
def indexes(tmp_path: Path) -> Iterator[tuple[FolderIndex, FolderIndex]]:
    made, servers = [], []
    for name in ("public", "private"):
        index = FolderIndex(tmp_path / name)
        (index.root / "simple").mkdir(parents=True)
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, index=index))
        server.daemon_threads = True
        index.url = f"http://127.0.0.1:{server.server_address[1]}/simple"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.append(index)
        servers.append(server)
    yield made[0], made[1]
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indexes) -> pytest.MonkeyPatch:
    """Someone whose pip knows both indexes."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    settings = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
        "UV_NO_CONFIG": "1",
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "OPS0_CACHE_DIR": str(tmp_path / "cache"),
        "PIP_INDEX_URL": indexes[0].url,
        "PIP_EXTRA_INDEX_URL": indexes[1].url,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def read(root: Path, code: str, settings: str = "") -> Pipeline:
    """Analyse a project as the command line does, with an environment in which nothing is installed."""
    root.mkdir(exist_ok=True)
    (root / "ops0.toml").write_text(settings)
    (root / "flow.py").write_text(code)
    project = find_project(root / "flow.py")
    context = read_context(project, TARGET, read_declared(project), read_installed([]), ())
    return analyse(
        MemorySource({"flow.py": code}),
        "flow.py",
        roots=(".",),
        target=TARGET,
        resolve_needs=lambda step, facts, declared: resolve_needs(step, facts, declared, context),
    )


def steps(*modules: str) -> str:
    """One step for each import."""
    made = [
        f"@ops0.step\ndef use_{number}():\n    import {module}\n    return {module}.__name__\n"
        for number, module in enumerate(modules)
    ]
    return "import ops0\n" + "\n".join(made)


def lock(root: Path, pipeline: Pipeline) -> Lock:
    targets = {step.name: TARGET for step in pipeline.steps}
    return lock_pipeline(pipeline, folder=root / "ops0.lock", root=root, targets=targets)


def install_and_import(root: Path, found: Lock, modules: list[str], into: Path) -> list[str]:
    """Install what the lock names, from the wheelhouse alone, and import it. Gives where each came from."""
    wheels = fill_wheelhouse(found, root=root)
    for wheel in wheels.values():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(into)
    code = (
        f"import importlib, json, sys; sys.path.insert(0, {str(into)!r});"
        f"found = map(importlib.import_module, {modules!r});"
        "print(json.dumps([getattr(one, 'FROM', 'evil') for one in found]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_there_are_fifty_names_and_all_are_on_both_indexes(indexes, tmp_path) -> None:
    for index in indexes:
        evil(index, tmp_path / "trace", *WRONG)
        assert len(list((index.root / "simple").iterdir())) == len(set(WRONG))
    assert len(set(WRONG)) >= 50


def test_a_wrong_name_is_never_asked_of_an_index(indexes, user, tmp_path) -> None:
    for index in indexes:
        evil(index, tmp_path / "trace", *WRONG)
    with pytest.raises(Exception, match="no known package provides") as fault:
        read(tmp_path / "project", steps(*WRONG))
    faults = members(fault.value)  # type: ignore[arg-type]
    assert all(isinstance(one, (UnknownImport, AmbiguousImport)) for one in faults)
    assert {one.where.line for one in faults} == {2 + 5 * at + 2 for at in range(len(WRONG))}
    assert [one for one in faults if not one.hint] == []
    assert [index.asked for index in indexes] == [[], []]


def test_what_is_known_comes_from_the_indexes_and_a_private_name_stays_private(
    indexes, user, tmp_path
) -> None:
    public, private = indexes
    trace = tmp_path / "trace"
    known = set(LEGITIMATE.values())
    for index in indexes:
        evil(index, trace, *(name for name in WRONG if name.replace("_", "-") not in known))
    # Controls: what must be found, so that silence above is no accident.
    public.add("pyyaml", "6.0", "yaml", "FROM = 'public'\n")
    public.add("scikit-learn", "1.5", "sklearn", "FROM = 'public'\n")
    private.add("acme-reports", "1.0", "acme_reports", "FROM = 'private'\n")
    # Strangers' packages of the same names and of names that are near.
    evil(public, trace, "acme_reports", "yaml", "sklearn")
    evil(private, trace, "yaml", "sklearn")
    pipeline = read(
        tmp_path / "project",
        steps(*LEGITIMATE),
        settings='[imports]\nacme_reports = "acme-reports"\n',
    )
    found = lock(tmp_path / "project", pipeline)
    locked = {one.name: one.version for step in found.steps for one in step.distributions}
    assert locked == {"pyyaml": "6.0", "scikit-learn": "1.5", "acme-reports": "1.0"}
    came = install_and_import(tmp_path / "project", found, list(LEGITIMATE), tmp_path / "installed")
    assert came == ["public", "public", "private"]
    assert not trace.exists()
    assert known <= public.names() | private.names()
    wrong = {"yaml", "sklearn", *(name.replace("_", "-") for name in WRONG)} - known
    assert (public.names() | private.names()).isdisjoint(wrong)


def test_the_trap_springs_when_the_strangers_package_is_asked_for(indexes, user, tmp_path) -> None:
    """The control of the controls: a user who declares the evil name gets it, and the trace shows."""
    trace = tmp_path / "trace"
    evil(indexes[0], trace, "numpyy")
    pipeline = read(tmp_path / "project", steps("numpyy"), settings='requires = ["numpyy"]\n')
    found = lock(tmp_path / "project", pipeline)
    assert install_and_import(tmp_path / "project", found, ["numpyy"], tmp_path / "installed") == [
        "evil"
    ]
    assert trace.read_text() == "numpyy\n"


SPACY = "import ops0\n@ops0.step\ndef tag():\n    import spacy\n    return spacy.load('en_core_web_trf')\n"


def test_a_model_that_is_on_no_index_is_not_taken_from_one(indexes, user, tmp_path) -> None:
    public, private = indexes
    public.add("spacy", "3.8", "spacy", "FROM = 'public'\n")
    evil(public, tmp_path / "trace", "en_core_web_trf")
    pipeline = read(tmp_path / "project", SPACY)
    (step,) = pipeline.steps
    assert {need.name: need.origin for need in step.needs} == {
        "spacy": "curated",
        "en-core-web-trf": "unpublished",
    }
    with pytest.raises(RequirementUnfit) as fault:
        lock(tmp_path / "project", pipeline)
    assert str(fault.value).startswith("flow.py:5: `en-core-web-trf`")
    assert [index.asked for index in indexes] == [[], []]
    private.add("en-core-web-trf", "3.8", "en_core_web_trf", "FROM = 'private'\n")
    declared = read(tmp_path / "project", SPACY, settings='requires = ["en-core-web-trf"]\n')
    found = lock(tmp_path / "project", declared)
    assert {one.name: one.version for one in found.steps[0].distributions} == {
        "en-core-web-trf": "3.8",
        "spacy": "3.8",
    }
