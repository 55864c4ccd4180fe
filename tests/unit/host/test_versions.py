"""What a step's packages are, as far as a cached result depends on them."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path

import pytest

from ops0.host.versions import InstalledPackages


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


def install(site: Path, origin: object = None, record: str = "", needs: str = "") -> str:
    """A distribution of a new name, as ``pip install`` leaves it."""
    name = f"acme{uuid.uuid4().hex[:8]}"
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    required = f"Requires-Dist: {needs}>=1\n" if needs else ""
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{required}")
    (info / "RECORD").write_text(record)
    if origin is not None:
        (info / "direct_url.json").write_text(json.dumps(origin))
    return name


def editable(source: Path) -> object:
    return {"url": f"file://{source}", "dir_info": {"editable": True}}


def test_of_what_an_index_has_the_version_says_all(site: Path) -> None:
    name = install(site)
    assert InstalledPackages().closure([name, "not-there"]) == {name: "1.0", "not-there": None}


def test_the_next_run_of_a_kernel_finds_what_was_installed_since(site: Path) -> None:
    """A result was kept, and taken, by the version that the process had seen first."""
    name = install(site)
    run = InstalledPackages()
    assert run.closure([name]) == {name: "1.0"}
    metadata = site / f"{name}-1.0.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("Version: 1.0", "Version: 1.1"))
    assert run.closure([name]) == {name: "1.0"}, "one run has one answer"
    assert InstalledPackages().closure([name]) == {name: "1.1"}


def test_what_brings_a_distribution_is_told_as_far_as_it_is_installed(site: Path) -> None:
    low = install(site)
    middle, top = install(site, needs=low), install(site)
    high = install(site, needs=middle)
    assert InstalledPackages().bring([high, low, middle, top, "not-there"], low.upper()) == (
        high,
        middle,
    )


@pytest.mark.parametrize("layout", ["src", "."])
def test_an_editable_installation_is_what_its_files_are_now(
    site: Path, tmp_path: Path, layout: str
) -> None:
    """A cached result of a step outlived every change of the package, whose version stays."""
    package = tmp_path / "source" / layout / "acme"
    (package / "deep").mkdir(parents=True)
    (package / "__init__.py").write_text("RATE = 1")
    (tmp_path / "source" / "data").mkdir()
    name = install(site, editable(tmp_path / "source"))
    seen = [InstalledPackages().closure([name])]
    for path in (package / "__init__.py", package / "deep" / "table.json", package / "new.py"):
        path.write_text("RATE = 2")
        seen.append(InstalledPackages().closure([name]))
    assert len({str(one) for one in seen}) == 4
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "new.pyc").write_text("")
    if layout == ".":
        (tmp_path / "source" / "data" / "rows.csv").write_text("1")
    assert InstalledPackages().closure([name]) == seen[-1]


def test_what_was_installed_from_a_folder_is_what_its_record_says(site: Path) -> None:
    origin = {"url": "file:///src/acme", "dir_info": {}}
    one = install(site, origin, "acme.py,sha256=a,1")
    other = install(site, origin, "acme.py,sha256=b,1")
    found = InstalledPackages().closure([one, other])
    assert found[one] != found[other]
