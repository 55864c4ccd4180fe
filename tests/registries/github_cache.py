"""What BuildKit asks of GitHub's cache service, in memory: entries by key, and blobs as a blob store keeps them.

It is a process of its own, so that it can serve the loopback of another network: ``python github_cache.py PORT``.
source: what `type=gha` of BuildKit sends, seen on the wire; https://learn.microsoft.com/rest/api/storageservices/put-block
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

from request_body import request_body

SERVICE = "/twirp/github.actions.results.api.v1.CacheService/"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    blobs: ClassVar[dict[str, bytes]] = {}
    blocks: ClassVar[dict[tuple[str, str], bytes]] = {}
    lock = Lock()
    taken: ClassVar[set[str]] = set()
    whole: ClassVar[list[str]] = []
    """The keys of finished entries, in the order in which they were."""

    def do_POST(self) -> None:
        told = json.loads(request_body(self))
        if self.headers.get("Authorization") != f"Bearer {token()}":
            self._answer(401, b"{}")
        elif self.path == f"{SERVICE}CreateCacheEntry":
            with self.lock:
                free = told["key"] not in self.taken
                self.taken.add(told["key"])
            if free:
                self._say(ok=True, signed_upload_url=self._url(told["key"]))
            else:  # two targets that share a layer write it at once
                self._answer(409, b'{"code": "already_exists", "msg": "it is there"}')
        elif self.path == f"{SERVICE}FinalizeCacheEntryUpload":
            self.whole.append(told["key"])
            self._say(ok=len(self.blobs[told["key"]]) == int(told["size_bytes"]), entry_id="1")
        elif self.path == f"{SERVICE}GetCacheEntryDownloadURL":
            wanted = (told["key"], *told.get("restore_keys", ()))
            found = [key for key in self.whole if key.startswith(wanted)]
            url = self._url(found[-1]) if found else ""
            self._say(
                ok=bool(found), signed_download_url=url, matched_key=found[-1] if found else ""
            )
        else:
            self._answer(404, b"{}")

    def do_PUT(self) -> None:
        key, asked, body = self._key(), parse_qs(urlsplit(self.path).query), request_body(self)
        if asked.get("comp") == ["block"]:
            self.blocks[(key, asked["blockid"][0])] = body
        elif asked.get("comp") == ["blocklist"]:
            names = re.findall(r"<\w+>([^<]+)</(?:Latest|Uncommitted|Committed)>", body.decode())
            self.blobs[key] = b"".join(self.blocks.pop((key, name)) for name in names)
        else:
            self.blobs[key] = body
        self._answer(201, b"")

    def do_GET(self) -> None:
        found = re.search(r"bytes=(\d+)-(\d*)", self.headers.get("x-ms-range", ""))
        data = self.blobs[self._key()]
        first, last = (int(found[1]), found[2]) if found else (0, "")
        self._answer(206 if found else 200, data[first : int(last) + 1 if last else None])

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path.removeprefix("/blob/"))

    def _url(self, key: str) -> str:
        return f"http://{self.headers['Host']}/blob/{quote(key, safe='')}"

    def _say(self, **told: object) -> None:
        self._answer(200, json.dumps(told).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.send_header("x-ms-request-id", "1")
        self.end_headers()
        self.wfile.write(body)


def token() -> str:
    """What GitHub gives to a job, as far as BuildKit reads it: rights, and a time in which it is good."""
    claims = {"ac": json.dumps([{"Scope": "refs/heads/main", "Permission": 3}])}
    claims |= {"nbf": 1_700_000_000, "exp": 4_000_000_000}  # type: ignore[dict-item]
    parts = (json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return ".".join(
        [*(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts), "c2ln"]
    )


@contextmanager
def github_cache(port: int, network_of: int) -> Iterator[str]:
    """The service on the loopback of that process (needs root); gives its address there."""
    inside = ["nsenter", "--target", str(network_of), "--net", sys.executable]
    tests = Path(__file__).parents[1]
    running = subprocess.Popen([*inside, "-m", "registries.github_cache", str(port)], cwd=tests)
    try:
        ask = f"import socket, sys; sys.exit(socket.socket().connect_ex(('127.0.0.1', {port})))"
        end = time.monotonic() + 20
        while subprocess.run([*inside, "-c", ask], check=False).returncode:
            assert running.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        running.terminate()
        running.wait(10)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
