from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys

import fsspec

BLOCK = 64 * 2**20


def block_size() -> int:
    return int(os.environ.get("STREAMS_BLOCK", BLOCK))


def files_of(url: str) -> fsspec.AbstractFileSystem:
    protocol = fsspec.utils.get_protocol(url)
    if protocol == "s3":
        return fsspec.filesystem("s3", default_block_size=block_size())
    return fsspec.filesystem(protocol, auto_mkdir=True)


def name_of(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1]


def get(url: str, out=None) -> str:
    out = out or sys.stdout.buffer
    digest = hashlib.md5()
    with files_of(url).open(url, "rb", block_size=block_size()) as file:
        while part := file.read(block_size()):
            digest.update(part)
            out.write(part)
    return digest.hexdigest()


def put(url: str, source=None) -> tuple[int, str]:
    process = subprocess.Popen(["pigz", "-c"], stdin=source or sys.stdin.buffer, stdout=subprocess.PIPE)
    files = files_of(url)
    digest, size = hashlib.md5(), 0
    with files.open(url, "wb") as file:
        while part := process.stdout.read(block_size()):
            digest.update(part)
            file.write(part)
            size += len(part)
    note(files, url, digest.hexdigest())
    return size, digest.hexdigest()


def note(files: fsspec.AbstractFileSystem, url: str, digest: str) -> None:
    with files.open(url + ".md5", "w") as file:
        file.write(f"{digest}  {name_of(url)}\n")


def mirror(day: str) -> int:
    source = fsspec.filesystem("gcs", token="anon")
    target = fsspec.filesystem("abfs", account_name="mirror")
    found = source.glob(f"streams/{day}/*.gz")
    for path in found:
        with source.open(path) as file, target.open(f"copies/{day}/{name_of(path)}", "wb") as copy:
            copy.write(file.read())
    return len(found)


def heads(day):
    with fsspec.open_files(f"simplecache::https://streams.example.org/{day}/*.csv.zst", "rt", compression="zstd") as files:
        return [file.readline() for file in files]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["get", "put"])
    parser.add_argument("url")
    given = parser.parse_args(argv)
    if given.command == "get":
        get(given.url)
    else:
        put(given.url)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
