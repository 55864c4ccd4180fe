"""Reading an environment from disk."""

from __future__ import annotations

import json
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from ops0.host.installed import environment_path, installed_in, read_environment, read_installed


def install(folder: Path, name: str, files: list[str], version: str = "1.0", **extra: str) -> Path:
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = [f"{file},sha256=abc,10" for file in (*files, f"{info.name}/RECORD")]
    (info / "RECORD").write_text("\n".join(lines) + "\n")
    for file, text in extra.items():
        (info / file.replace("__", ".")).write_text(text)
    return info


def provided(folder: Path) -> dict[str, tuple[str, ...]]:
    return {one.name: one.provides for one in read_installed([str(folder)]).distributions}


def test_names_versions_and_imports(tmp_path: Path) -> None:
    install(tmp_path, "scikit_learn", ["sklearn/__init__.py", "sklearn/tree/__init__.py"], "1.5.1")
    install(tmp_path, "PyYAML", ["yaml/__init__.py", "_yaml/__init__.py"], "6.0.2")
    install(tmp_path, "zope.interface", ["zope/interface/__init__.py"], "7.0")
    installed = read_installed([str(tmp_path)])
    assert installed.versions == {
        "scikit-learn": "1.5.1",
        "pyyaml": "6.0.2",
        "zope-interface": "7.0",
    }
    assert [one.name for one in installed.owners("sklearn")] == ["scikit-learn"]
    assert installed.owners("sklearn.tree") == ()
    assert [one.name for one in installed.owners("zope.interface")] == ["zope-interface"]


def test_distributions_that_share_a_package_are_told_apart_below_it(tmp_path: Path) -> None:
    install(
        tmp_path,
        "google_cloud_storage",
        ["google/__init__.py", "google/cloud/__init__.py", "google/cloud/storage/__init__.py"],
    )
    install(
        tmp_path,
        "google_cloud_tasks",
        ["google/__init__.py", "google/cloud/__init__.py", "google/cloud/tasks/__init__.py"],
    )
    installed = read_installed([str(tmp_path)])
    assert [one.name for one in installed.owners("google.cloud.tasks")] == ["google-cloud-tasks"]
    assert len(installed.owners("google")) == 2


def test_ops0_itself_broken_ones_and_missing_folders_are_left_out(tmp_path: Path) -> None:
    install(tmp_path, "ops0", ["ops0/__init__.py"])
    install(tmp_path, "broken", ["broken/__init__.py"], direct_url__json="{nonsense")
    install(tmp_path, "whole", ["whole/__init__.py"])
    (tmp_path / "empty-1.0.dist-info").mkdir()
    (tmp_path / "not-a-package.txt").write_text("x")
    assert provided(tmp_path) == {"empty": (), "whole": ("whole",)}
    assert read_installed([str(tmp_path / "nowhere")]).distributions == ()


def test_the_first_on_the_path_hides_the_others(tmp_path: Path) -> None:
    install(tmp_path / "one", "thing", ["thing/__init__.py"], "1.0")
    install(tmp_path / "two", "thing", ["thing/__init__.py"], "2.0")
    installed = read_installed([str(tmp_path / "one"), str(tmp_path / "two")])
    assert installed.versions == {"thing": "1.0"}


@pytest.mark.parametrize("layout", ["src", "flat"])
def test_an_editable_installation_says_its_folder_and_its_modules(
    tmp_path: Path, layout: str
) -> None:
    source = tmp_path / "work"
    modules = source / "src" if layout == "src" else source
    (modules / "acme").mkdir(parents=True)
    (modules / "acme" / "__init__.py").write_text("")
    (modules / "setup.py").write_text("")
    site = tmp_path / "site"
    url = json.dumps({"url": f"file://{source}", "dir_info": {"editable": True}})
    install(site, "acme_lib", ["__editable__.acme.pth"], direct_url__json=url)
    (site / "__editable__.acme.pth").write_text("import finder; finder.install()\n")
    (one,) = read_installed([str(site)]).distributions
    assert (one.name, one.provides, one.origin) == ("acme-lib", ("acme",), f"the folder {source}")


def test_an_editable_installation_by_a_path_line(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "single.py").write_text("")
    url = json.dumps({"url": f"file://{tmp_path}", "dir_info": {"editable": True}})
    install(tmp_path / "site", "single", ["single.pth"], direct_url__json=url)
    (tmp_path / "site" / "single.pth").write_text(f"{tmp_path / 'lib'}\n")
    assert provided(tmp_path / "site") == {"single": ("single",)}


def test_an_address_is_told_without_its_text(tmp_path: Path) -> None:
    url = json.dumps({"url": "https://user:secret@example.org/a.git", "vcs_info": {"vcs": "git"}})
    install(tmp_path, "a", ["a/__init__.py"], direct_url__json=url)
    (one,) = read_installed([str(tmp_path)]).distributions
    assert one.origin == "an address"


def test_debian_packages_without_a_record_are_read_by_what_is_there(tmp_path: Path) -> None:
    info = tmp_path / "python_debian-0.1.egg-info"
    info.mkdir()
    (info / "top_level.txt").write_text("debian\ndeb822\ngone\n")
    (tmp_path / "debian").mkdir()
    (tmp_path / "deb822.py").write_text("")
    (tmp_path / "old-2.0-py3.11.egg-info").write_text("Name: old")
    assert provided(tmp_path) == {"old": (), "python-debian": ("deb822", "debian")}


def test_the_users_active_environment_is_read_not_that_of_ops0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "lib" / "python3.12" / "site-packages"
    install(site, "theirs", ["theirs/__init__.py"])
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    assert environment_path() == (str(site),)
    assert [one.name for one in read_installed().distributions] == ["theirs"]
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert all(folder in sys.path for folder in environment_path())


def test_the_environment_of_a_job_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    monkeypatch.setenv("OPS0_SITE_PACKAGES", f"/a:{tmp_path}")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    assert environment_path() == (str(site),), "an active environment comes first"
    monkeypatch.delenv("VIRTUAL_ENV")
    assert environment_path() == ("/a", str(tmp_path))


def test_the_own_environment() -> None:
    installed = read_installed([folder for folder in sys.path if folder.endswith("site-packages")])
    assert [one.name for one in installed.owners("packaging")] == ["packaging"]
    assert "ops0" not in installed.names


def test_three_hundred_distributions_are_read_in_no_time(tmp_path: Path) -> None:
    for number in range(300):
        name = f"thing{number}"
        files = [f"{name}/__init__.py", *(f"{name}/part{part}/module.py" for part in range(150))]
        install(tmp_path, name, files)
    start = time.process_time()
    assert len(read_installed([str(tmp_path)]).distributions) == 300
    # 0.05 s on two slow cores; the bound leaves room for slower machines and still fails on anything quadratic
    assert time.process_time() - start < 1.0


def test_the_digest_of_an_environment_covers_all_that_is_told_of_it(tmp_path: Path) -> None:
    def digest(name: str, files: list[str], **more: str) -> str:
        folder = tmp_path / str(next(number))
        install(folder, "thing", files, **more)
        install(folder, name, ["b.py"])
        found = read_environment([str(folder)])
        assert found.versions == {
            one.name: one.version for one in installed_in(found).distributions if one.origin is None
        }
        return found.digest

    number = count()
    seen: set[str] = set()
    seen.add(digest("other", ["a.py"]))
    assert digest("other", ["a.py"]) in seen
    seen.add(digest("other", ["c.py"]))
    seen.add(digest("another", ["a.py"]))
    seen.add(digest("other", ["a.py"], version="2.0"))
    seen.add(digest("other", ["a.py"], direct_url__json='{"url": "file:///src", "dir_info": {}}'))
    assert len(seen) == 5
