"""Secrets around a build, each a canary of its own: none is in what is left, and the scanner finds planted ones."""

from __future__ import annotations

import base64
import functools
import gzip
import io
import json
import os
import secrets
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from driver.command import OPS0

pytestmark = pytest.mark.docker

PLACES = ("index", "netrc", "proxy", "docker-proxy", "environment", "remote")
CODE = '''"""Has one need, from the private index."""
import ops0


@ops0.step
def use():
    import acme_reports
    return acme_reports.VALUE
'''


# ---- the scanner --------------------------------------------------------------------------------


def forms(token: str) -> Iterator[bytes]:
    """A token as it may stand somewhere: as it is, and in a header of basic authentication."""
    yield token.encode()
    yield base64.b64encode(f"me:{token}".encode()).rstrip(b"=")


def opened(data: bytes) -> Iterator[bytes]:
    """The bytes, and what is packed in them: gzip, zip and tar, in each other."""
    yield data
    if data[:2] == b"\x1f\x8b":
        yield from opened(gzip.decompress(data))
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from opened(archive.read(name))
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                if member.isfile():
                    stream = archive.extractfile(member)
                    yield from opened(stream.read() if stream else b"")


def hits(token: str, places: Mapping[str, bytes]) -> set[str]:
    """The places in which a token stands."""
    wanted = tuple(forms(token))
    return {
        name
        for name, data in places.items()
        if any(form in part for part in opened(data) for form in wanted)
    }


def docker(*words: str, env: Mapping[str, str] | None = None) -> bytes:
    return subprocess.run(["docker", *words], capture_output=True, check=True, env=env).stdout


def of_image(tag: str, folder: Path) -> dict[str, bytes]:
    """Layers, configuration and history of an image."""
    saved = folder / f"{secrets.token_hex(4)}.tar"
    docker("save", "--output", str(saved), tag)
    return {
        "image": saved.read_bytes(),
        "config": docker("image", "inspect", tag),
        "image history": docker("history", "--no-trunc", "--format", "json", tag),
    }


def of_builds(mark: str, folder: Path, environment: Mapping[str, str]) -> dict[str, bytes]:
    """The builder's records of builds whose name has the mark, exported whole with their logs, and its own database."""
    ask = functools.partial(docker, "buildx", "history", env=environment)
    listed = ask("ls", "--no-trunc", "--format", "json").decode()
    records = [json.loads(line) for line in listed.splitlines()]
    mine = [one["ref"].rpartition("/")[2] for one in records if mark in one["name"]]
    assert mine, listed
    found: dict[str, bytes] = {}
    for number, ref in enumerate(mine):
        exported = folder / f"{number}.dockerbuild"
        ask("export", "--output", str(exported), ref)
        found[f"build record {number}"] = exported.read_bytes()
        found[f"build facts {number}"] = ask("inspect", "--format", "json", ref)
    root = Path(docker("info", "--format", "{{.DockerRootDir}}").decode().strip())
    if os.access(root / "buildkit", os.R_OK):  # by root, beside the engine
        for path in (root / "buildkit").glob("*.db"):
            found[f"database {path.name}"] = path.read_bytes()
    return found


def of_folder(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


# ---- a project with secrets all around ----------------------------------------------------------


@dataclass
class Project:
    root: Path
    environment: dict[str, str]
    tokens: dict[str, str]
    step: str
    said: dict[str, bytes] = field(default_factory=dict)

    def ops0(self, *words: str) -> bytes:
        done = subprocess.run(
            [OPS0, *words], cwd=self.root, env=self.environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        self.said[f"said by {' '.join(words)}"] = done.stdout + done.stderr
        return done.stdout


def wheel(name: str) -> bytes:
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": "VALUE = 7\n",
        f"{info}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\nLicense-Expression: MIT\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return stream.getvalue()


class Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: object, root: Path, logins: set[str]) -> None:
        self.logins = logins
        super().__init__(*args, directory=str(root))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        said = self.headers.get("Authorization", "").removeprefix("Basic ")
        if base64.b64decode(said).decode() in self.logins:
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="index"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    tokens = {place: f"canary{secrets.token_hex(12)}" for place in PLACES}
    simple = tmp_path / "index/simple/acme-reports"
    simple.mkdir(parents=True)
    (simple / "acme_reports-1.0-py3-none-any.whl").write_bytes(wheel("acme_reports"))
    name = "acme_reports-1.0-py3-none-any.whl"
    (simple / "index.html").write_text(f'<!DOCTYPE html><a href="{name}">{name}</a>')
    logins = {f"me:{tokens['index']}", f"me:{tokens['netrc']}"}
    handler = functools.partial(Handler, root=tmp_path / "index", logins=logins)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mark = f"canaries{secrets.token_hex(4)}"
    root = tmp_path / "project"
    root.mkdir()
    (root / "flow.py").write_text(CODE.replace("def use", f"def {mark}"))
    (root / "ops0.toml").write_text(
        f'pipeline = "flow.py"\nname = "{mark}"\npython = "3.11"\n'
        '[imports]\nacme_reports = "acme-reports"\n'
    )
    yield Project(root, surroundings(tmp_path, server.server_address[1], tokens), tokens, mark)
    server.shutdown()
    server.server_close()
    tags = docker("image", "ls", "--quiet", "--filter", f"reference=ops0/{mark}/*").split()
    for one in tags:
        docker("image", "rm", "--force", one.decode())


def surroundings(folder: Path, port: int, tokens: Mapping[str, str]) -> dict[str, str]:
    """The environment of someone whose settings hold a secret wherever one may stand."""
    (folder / "netrc").write_text(f"machine localhost login me password {tokens['netrc']}\n")
    (folder / "docker").mkdir()
    proxied = {"httpProxy": f"http://me:{tokens['docker-proxy']}@127.0.0.1:9"}
    (folder / "docker/config.json").write_text(json.dumps({"proxies": {"default": proxied}}))
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PIP_", "UV_")) and not key.lower().endswith("_proxy")
    }
    proxy = f"http://me:{tokens['proxy']}@127.0.0.1:9"
    return {
        **kept,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": f"http://me:{tokens['index']}@127.0.0.1:{port}/simple",
        "PIP_EXTRA_INDEX_URL": f"http://localhost:{port}/simple",
        "NETRC": str(folder / "netrc"),
        "HTTP_PROXY": proxy,
        "HTTPS_PROXY": proxy,
        "http_proxy": proxy,
        "https_proxy": proxy,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "DATABASE_PASSWORD": tokens["environment"],
        "DOCKER_CONFIG": str(folder / "docker"),
        "OPS0_CACHE_DIR": str(folder / "cache"),
        "OPS0_STATE_DIR": str(folder / "state"),
        "PIP_NO_CACHE_DIR": "1",
        "UV_CACHE_DIR": str(folder / "uv"),
    }


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


def test_no_secret_is_in_what_a_build_leaves(project: Project, tmp_path: Path) -> None:
    git(project.root, "init", "--quiet")
    git(project.root, "add", ".")
    git(project.root, "commit", "--quiet", "--message", "x")
    remote = f"https://me:{project.tokens['remote']}@git.example/team/flow.git"
    git(project.root, "remote", "add", "origin", remote)
    built = json.loads(project.ops0("build", "--json"))
    sbom = json.loads(project.ops0("inspect", project.step, "--sbom"))
    provenance = json.loads(project.ops0("inspect", project.step, "--provenance"))
    project.ops0("inspect", project.step, "--json")
    project.ops0("run", "--containers")
    places = {
        **project.said,
        **of_image(built["images"][project.step]["tag"], tmp_path),
        **of_builds(project.step, tmp_path, project.environment),
        **of_folder(tmp_path / "cache"),
        **of_folder(tmp_path / "state"),
        **of_folder(project.root / "ops0.lock"),
    }
    assert {name: hits(token, places) for name, token in project.tokens.items()} == {
        name: set() for name in PLACES
    }
    # What the documents should hold is there, so that silence is no accident.
    (acme,) = (one for one in sbom["components"] if one["name"] == "acme-reports")
    assert acme["licenses"] == [{"expression": "MIT"}]
    assert len(acme["hashes"][0]["content"]) == 64
    materials = provenance["predicate"]["buildDefinition"]["resolvedDependencies"]
    (source,) = (one for one in materials if one["name"] == "project")
    assert source["uri"] == "git+https://git.example/team/flow.git"
    assert provenance["subject"][0]["digest"] == {
        "sha256": built["images"][project.step]["digest"].removeprefix("sha256:")
    }
    assert {"image", "config", "image history", "build record 0"} <= places.keys()
    assert hits(project.step, places) >= {"image", "config", "build facts 0"}


def test_the_scanner_finds_what_is_planted(tmp_path: Path) -> None:
    mark = f"canaries{secrets.token_hex(4)}"
    tokens = {
        place: f"canary{secrets.token_hex(12)}" for place in ("layer", "label", "argument", "file")
    }
    (tmp_path / "secret.txt").write_text(tokens["layer"])
    (tmp_path / "Dockerfile").write_text(
        "FROM base\nARG PASSWORD\nCOPY secret.txt /secret.txt\n"
        f"LABEL password={tokens['label']}\nENV PASSWORD=$PASSWORD\n"
    )
    tag = f"ops0-test/{mark}:1"
    options = ("--build-context", "base=docker-image://ops0-base:3.11", "--provenance=false")
    secret = ("--build-arg", f"PASSWORD={tokens['argument']}")
    naming = ("--label", f"mark={mark}", "--tag", tag, "--load", str(tmp_path))
    named = tmp_path / mark
    named.mkdir()
    (named / "note.gz").write_bytes(gzip.compress(f"login: {tokens['file']}".encode()))
    here = {**os.environ, "DOCKER_CONFIG": str(tmp_path / "docker")}
    docker("buildx", "build", *options, *secret, *naming, env=here)
    try:
        builds = of_builds(tmp_path.name, tmp_path, here)
        places = {**of_image(tag, tmp_path), **of_folder(named), **builds}
    finally:
        docker("image", "rm", "--force", tag)
    assert hits(tokens["layer"], places) == {"image"}
    assert hits(tokens["argument"], places) >= {"build record 0", "build facts 0"}
    assert hits(tokens["label"], places) >= {"image", "config", "image history"}
    assert hits(tokens["argument"], places) >= {"image", "config", "image history"}
    assert hits(tokens["file"], places) == {"note.gz"}
    header = base64.b64encode(b"me:" + tokens["file"].encode())
    assert hits(tokens["file"], {"header": b"Authorization: Basic " + header}) == {"header"}
