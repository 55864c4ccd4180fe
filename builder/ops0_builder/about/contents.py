"""What an image holds, as one value: read out of the image, and joined with the wheels of the lock. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from ops0.core.locked import LockedSource
from ops0.core.plan import ImagePlan
from ops0.core.requirements.names import canonicalize_name

VERSION = 2

# Runs in the image on its own Python; or on any Python, in a folder with what matches WANTED of an image that cannot or
# shall not be run: one of another platform, or that ops0 did not build; there it is what system Pythons have. What the
# step's environment holds, what ops0 itself has put there, and dpkg's record, or the control files where there is no
# dpkg.
PROBE = r"""
import email.parser, glob, json, os, platform, re, sys
os.chdir(sys.argv[1] if len(sys.argv) > 1 else "/")
def fields(path):
    with open(path, encoding="utf-8", errors="replace") as text: return email.parser.HeaderParser().parse(text)
def distributions():
    places = ["ops0/venv/lib/python*/site-packages"]
    if not os.path.isdir("ops0/venv"):
        starts = ("usr/lib/python3*/", "usr/local/lib/python3*/")
        places = [start + end for start in starts for end in ("site-packages", "dist-packages")]
    for path in [one for place in places for one in glob.glob(place + "/*.dist-info/METADATA")]:
        told = fields(path)
        yield [told["Name"] or "", told["Version"] or "", told["License-Expression"] or ""]
def own():
    for name, path in (("cloudpickle", "vendor/cloudpickle"), ("ops0", "ops0")):
        path = "ops0/runner/%s/__init__.py" % path
        if os.path.exists(path):
            found = re.search("^__version__ *= *['\"]([^'\"]+)", open(path, encoding="utf-8").read(), re.M)
            if found: yield [name, found.group(1), ""]
def release():
    facts = {}
    for name in ("etc/os-release", "usr/lib/os-release"):
        if os.path.exists(name):
            for line in open(name, encoding="utf-8", errors="replace"):
                key, _, value = line.strip().partition("=")
                facts.setdefault(key, value.strip('"'))
    return [facts.get("ID", ""), facts.get("VERSION_CODENAME", "") or facts.get("VERSION_ID", "")]
def packages():
    for name in ["var/lib/dpkg/status", *glob.glob("var/lib/dpkg/status.d/*")]:
        if os.path.isfile(name) and not name.endswith(".md5sums"):
            for block in re.split("\n{2,}", open(name, encoding="utf-8", errors="replace").read()):
                told = dict(l.split(": ", 1) for l in block.splitlines() if ": " in l and l[0] != " ")
                if told.get("Package") and "installed" in told.get("Status", "installed").split():
                    source = told.get("Source", told["Package"]).split()[0]
                    yield [told["Package"], told.get("Version", ""), told.get("Architecture", ""), source]
def python():
    if len(sys.argv) == 1: return platform.python_version()
    if not os.path.exists("ops0/venv/pyvenv.cfg"): return ""
    return re.search("^version = (.+)$", open("ops0/venv/pyvenv.cfg", encoding="utf-8").read(), re.M).group(1)
print(json.dumps({"v": 2, "python": python(), "release": release(), "own": sorted(own()),
    "distributions": sorted(distributions()), "packages": sorted(packages())}))
"""
WANTED = re.compile(
    r"etc/os-release|usr/lib/os-release|var/lib/dpkg/status|var/lib/dpkg/status\.d/[^/.][^/]*"
    r"|ops0/venv/pyvenv\.cfg|ops0/venv/lib/python3\.\d+/site-packages/[^/]+\.dist-info/METADATA"
    r"|usr/(?:local/)?lib/python3[.0-9]*/(?:site|dist)-packages/[^/]+\.dist-info/METADATA"
    r"|ops0/runner/(?:ops0|vendor/cloudpickle)/__init__\.py",
    re.ASCII,
)
"""The files of an image that the probe reads, without the leading slash."""


class Unreadable(ValueError):
    """The probe's answer is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """A Python distribution.

    license: its SPDX expression, or "";  wheel, sha256: "" where unknown
    source:  what its wheel was made of where no index has it: ``folder ../libs/acme sha256:…``
    """

    name: str
    version: str
    license: str = ""
    wheel: str = ""
    sha256: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DebianPackage:
    """A package of the distribution that the base is. ``source``: the source package that it was made from."""

    name: str
    version: str
    architecture: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """What one image holds.

    python:  the interpreter's version, ``3.11.2``;  release: ID and code name, ``("debian", "bookworm")``
    own:     what ops0 itself puts into every image;  distributions: what the step's lock names
    """

    python: str
    release: tuple[str, str]
    own: tuple[Distribution, ...]
    distributions: tuple[Distribution, ...]
    packages: tuple[DebianPackage, ...]


def read_contents(text: str) -> Contents:
    """Read the probe's answer. Raises Unreadable."""
    try:
        value: Any = json.loads(text)
        {VERSION: None}[value["v"]]  # another version is as unreadable as no version
        system, name = (str(part) for part in value["release"])
        return Contents(
            python=str(value["python"]),
            release=(system, name),
            own=tuple(_distribution(row) for row in value["own"]),
            distributions=tuple(_distribution(row) for row in value["distributions"]),
            packages=tuple(_package(row) for row in value["packages"]),
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise Unreadable(repr(fault)) from None


def with_wheels(contents: Contents, image: ImagePlan) -> Contents:
    """The same with the wheels that the lock names: the lock says what is installed, the image adds the licences."""
    licenses = {(one.name, one.version): one.license for one in contents.distributions}
    return replace(
        contents,
        distributions=tuple(
            Distribution(
                name=one.name,
                version=one.version,
                license=licenses.get((one.name, one.version), ""),
                wheel=one.wheel.filename,
                sha256=one.wheel.sha256,
                source=_source(one.source),
            )
            for one in image.distributions
        ),
    )


def _source(source: LockedSource | None) -> str:
    if source is None:
        return ""
    if source.kind == "git":
        return f"git {source.place} {source.digest} {source.inside}".rstrip()
    return f"{source.kind} {source.place} sha256:{source.digest}"


def _distribution(row: Any) -> Distribution:
    name, version, license_ = (str(part) for part in row)
    return Distribution(name=canonicalize_name(name), version=version, license=license_)


def _package(row: Any) -> DebianPackage:
    name, version, architecture, source = (str(part) for part in row)
    return DebianPackage(name=name, version=version, architecture=architecture, source=source)
