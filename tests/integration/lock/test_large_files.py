"""What repositories keep with Git LFS: fetched where a wheel has it, never a pointer in its place."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from locking import a_step
from locking.repositories import commit

from ops0_builder.lock.git_errors import (
    RepositoryUnreachable,
    TreeRefused,
)

LARGE = b"weights" * 1000
OID = hashlib.sha256(LARGE).hexdigest()


needs_lfs = pytest.mark.skipif(
    shutil.which("git-lfs") is None, reason="no git-lfs on this machine: scripts/image-tools.sh"
)


def a_pointer(sha256: str = OID, size: int = len(LARGE)) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"


def kept_large(folder: Path) -> None:
    """As `git lfs add` keeps a file in a repository."""
    kept = folder / ".git/lfs/objects" / OID[:2] / OID[2:4] / OID
    kept.parent.mkdir(parents=True)
    kept.write_bytes(LARGE)


def test_pointers_of_lfs_beside_a_package_are_told_and_not_fetched(project, acme, url):
    (acme / "big.bin").write_text(a_pointer())
    commit(acme)
    project.lock(a_step("x", url))
    assert any("has Git LFS pointers" in line and "big.bin" in line for line in project.lines)


def test_without_git_lfs_a_pointer_is_never_in_a_wheel(project, acme, url, settings, tmp_path):
    (acme / "src/acme_lib/weights.bin").write_text(a_pointer())
    commit(acme)
    for name in ("git", "sh"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    settings.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(TreeRefused, match=r"acme_lib/weights\.bin, and git-lfs is not") as caught:
        project.lock(a_step("x", url))
    assert "apt-get install git-lfs" in caught.value.hint


@needs_lfs
def test_what_a_wheel_has_of_lfs_is_fetched(project, acme, server, url, elsewhere):
    for name in ("weights.bin", "of [all], and! *.bin"):
        (acme / "src/acme_lib" / name).write_text(a_pointer())
    (acme / "other.bin").write_text(a_pointer("0" * 64))
    (acme / ".lfsconfig").write_text("[lfs]\n\turl = http://127.0.0.1:9/\n")
    kept_large(acme)
    commit(acme)
    step = a_step("x", f"acme-lib @ git+file:{acme}")
    lock = project.lock(step)
    (wheel,) = (path for path in project.fill(lock).values() if path.name.startswith("acme_lib"))
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("acme_lib/weights.bin") == LARGE
        assert archive.read("acme_lib/of [all], and! *.bin") == LARGE
    assert any("fetching 2 files of Git LFS" in line for line in project.lines)
    elsewhere()
    assert project.fill(lock)
    (acme / "src/acme_lib/weights.bin").write_text(a_pointer("0" * 64))
    commit(acme)
    with pytest.raises(RepositoryUnreachable, match="Git LFS") as caught:
        project.lock(step, upgrade="all")
    assert "git lfs push" in caught.value.hint
    assert f"git clone {acme} seen && git -C seen lfs pull" in caught.value.hint


@needs_lfs
def test_where_the_build_asks_git_what_is_large_is_stored_once(project, acme):
    (acme / "src/acme_lib/weights.bin").write_text(a_pointer())
    (acme / "setup.cfg").write_text("# git\n")
    kept_large(acme)
    commit(acme)
    project.lock(a_step("x", f"acme-lib @ git+file:{acme}"))
    stored = Path(os.environ["OPS0_CACHE_DIR"]) / "git"
    assert len([path for path in stored.rglob(OID) if path.is_file()]) == 1


def test_a_folder_whose_large_files_are_pointers_gives_no_wheel(project, acme):
    (acme / "src/acme_lib/weights.bin").write_text(a_pointer())
    with pytest.raises(TreeRefused, match=r"in place of acme_lib/weights\.bin") as caught:
        project.lock(a_step("x", f"acme-lib @ file:{acme}"))
    assert caught.value.hint == f"fetch its files first: git -C {acme} lfs pull"
