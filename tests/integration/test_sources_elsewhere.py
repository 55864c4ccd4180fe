"""``@ops0.source.files``, ``.sql`` and ``.http`` against real places: a folder, S3, sqlite, an HTTP server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import fsspec
import pytest
import sqlalchemy
from moto.server import ThreadedMotoServer

import ops0
from ops0.core.errors import Ops0Error
from ops0.integrations.reading import BadRecord, RecordsUnreadable
from ops0.runtime.sourcing.sourcing import NoRecords

PIPELINE = """
import ops0

@ops0.step
@ops0.source.{source}
def read_things():
    pass

@ops0.step
def give(things):
    {body}
    return things
"""


class Project:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "pipeline.py"
        folder.mkdir()

    def write(self, source: str, body: str = "pass") -> None:
        self.path.write_text(PIPELINE.format(source=source, body=body))

    def run(self, **more: Any) -> Any:
        return ops0.run(self.path, **more)

    def has_nothing(self) -> bool:
        with pytest.raises(NoRecords):
            self.run()
        return True


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "state"))
    return Project(tmp_path / "project")


# -- files


def test_files_that_are_new_or_have_changed(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    project.write(f'files("{folder}/*.json", max_records=2)')
    assert project.has_nothing()
    for name in ("b", "c", "d"):
        (folder / f"{name}.json").write_text(json.dumps([name]))
    (folder / "other.txt").write_text("no")
    assert [one["value"] for one in project.run()] == [["b"], ["c"]]
    (folder / "a.json").write_text('["late"]')
    found = project.run()
    assert [Path(one["path"]).name for one in found] == ["a.json", "d.json"]
    assert project.has_nothing()
    (folder / "c.json").write_text('["changed"]')
    assert [one["value"] for one in project.run()] == [["changed"]]
    (folder / "b.json").unlink()
    assert project.has_nothing()


def test_a_batch_of_files_that_failed_comes_again(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1")
    project.write(f'files("{tmp_path}/*.txt", format="text")', body="raise ValueError(things)")
    with pytest.raises(Ops0Error):
        project.run()
    (tmp_path / "a.txt").unlink()
    project.write(f'files("{tmp_path}/*.txt", format="text")')
    assert [one["value"] for one in project.run()] == ["1"], "as it was read"


def test_formats_of_files(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a.x").write_text('{"n": 1}\n\n{"n": 2}\n')
    for kind, value in (("jsonl", [{"n": 1}, {"n": 2}]), ("bytes", b'{"n": 1}\n\n{"n": 2}\n')):
        project.write(f'files("{tmp_path}/*.x", format="{kind}", group="{kind}")')
        assert [one["value"] for one in project.run()] == [value]
    project.write(f'files("{tmp_path}/*.x", group="bad")')
    with pytest.raises(BadRecord, match=r"a\.x: not json"):
        project.run()


def test_files_in_a_bucket(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        system = fsspec.filesystem("s3", skip_instance_cache=True)
        system.mkdir("incoming")
        system.pipe("incoming/a.json", b"[1]")
        project.write('files("s3://incoming/*.json")')
        assert [one["value"] for one in project.run()] == [[1]]
        assert project.has_nothing()
        system.pipe("incoming/b.json", b"[2]")
        assert [one["value"] for one in project.run()] == [[2]]
    finally:
        server.stop()


# -- SQL


def test_rows_beyond_the_last(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/db.sqlite"
    monkeypatch.setenv("DATABASE_URL", url)
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)

    def do(text: str) -> None:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(text))

    do("create table payments (id integer, amount integer, day text)")
    do("insert into payments values (3, 30, 'b'), (1, 10, 'a'), (2, 20, 'a')")
    query = "select id, amount from payments where amount > 0"
    project.write(f'sql("{query}", cursor="id", max_records=2)')
    assert project.run() == [{"id": 1, "amount": 10}, {"id": 2, "amount": 20}]
    assert project.run() == [{"id": 3, "amount": 30}]
    assert project.has_nothing()
    do("insert into payments values (4, 40, 'b')")
    assert project.run() == [{"id": 4, "amount": 40}]
    project.write('sql("select * from payments", cursor="day", max_records=1)')
    with pytest.raises(BadRecord, match="two records have 'a'"):
        project.run()
    project.write('sql("select * from nowhere", cursor="id")')
    with pytest.raises(RecordsUnreadable, match="no such table"):
        project.run()


def test_two_projects_of_the_same_names_read_all_rows_each(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Project(tmp_path / "other")
    for one, number in ((project, 5), (other, 3)):
        folder = one.path.parent
        url = f"sqlite:///{folder}/data.db"
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(f"create table t as select {number} as id"))
        one.write('sql("select id from t", "sqlite:///data.db", cursor="id")')
        monkeypatch.chdir(folder)
        assert one.run() == [{"id": number}]
        assert one.has_nothing()


def test_an_address_that_is_none_is_not_shown(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write('sql("select 1 as id", cursor="id")')
    for url in ("hunter2", "nosuch://user:hunter2@host/db"):
        monkeypatch.setenv("DATABASE_URL", url)
        with pytest.raises(Ops0Error) as caught:
            project.run()
        assert caught.value.exit_code == 75
        assert "hunter2" not in f"{caught.value} {caught.value.hint}"


# -- HTTP


@dataclass
class Items:
    url: str = ""
    items: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def items() -> Iterator[Items]:
    kept = Items()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kept.asked.append((self.path, self.headers.get("Authorization")))
            since = parse_qs(urlsplit(self.path).query).get("since", ["0"])[0]
            data = json.dumps([one for one in kept.items if one["id"] > int(since)]).encode()
            etag = f'"{hash(data)}"'
            same = self.headers.get("If-None-Match") == etag
            self.send_response(304 if same else kept.status)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", "0" if same else str(len(data)))
            self.end_headers()
            self.wfile.write(b"" if same else data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


def test_items_beyond_the_cursor(
    project: Project, items: Items, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    items.items = [{"id": 2}, {"id": 1}, {"id": 3}]
    address = f"{items.url}/items?since={{cursor}}"
    project.write(f'http("{address}", cursor="id", max_records=2, token="env:TOKEN")')
    assert project.run() == [{"id": 1}, {"id": 2}]
    assert project.run() == [{"id": 3}]
    assert project.has_nothing()
    assert items.asked[-1] == ("/items?since=3", "Bearer hunter2")
    items.items.append({"id": 4})
    assert project.run() == [{"id": 4}]


def test_what_has_changed(project: Project, items: Items) -> None:
    project.write(f'http("{items.url}/all")')
    items.items = [{"id": 1}]
    assert project.run() == [{"id": 1}]
    assert project.has_nothing()
    items.items = [{"id": 2}]
    assert project.run() == [{"id": 2}]
    items.status, items.items = 404, []
    with pytest.raises(RecordsUnreadable, match="says 404"):
        project.run()


def test_a_server_that_is_not_there(project: Project) -> None:
    project.write('http("http://127.0.0.1:9/")')
    with pytest.raises(RecordsUnreadable, match="no answer"):
        project.run()


@pytest.mark.docker
def test_containers_get_rows_without_a_network_or_driver(project: Project, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db.sqlite"
    project.write(f'sql("select 7 as id", "{url}", cursor="id")')
    assert project.run(mode="containers") == [{"id": 7}]
