"""What nobody owns any more is removed, also where its owner has closed it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops0.host.leftovers import remove_folder

NOBODY = 65534


@contextmanager
def a_plain_user(folder: Path) -> Iterator[None]:
    """A block as a user whom modes hold back, with all that is in the folder as their own."""
    if os.geteuid() != 0:
        yield
        return
    for parent, names, files in os.walk(folder):
        for name in (".", *names, *files):
            os.chown(Path(parent, name), NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_folders_that_a_step_has_closed_are_removed() -> None:
    """Package caches close what they hold; ``@ops0.cleanup_after`` and gc left it, without a word."""
    base = Path(tempfile.mkdtemp())  # not pytest's, which is for its own user only
    try:
        inner = base / "left" / "cache" / "deep"
        inner.mkdir(parents=True)
        (inner / "file").write_text("x")
        (base / "kept").mkdir()
        (inner / "link").symlink_to(base / "kept")
        with a_plain_user(base):
            (base / "kept").chmod(0o500)
            inner.chmod(0o500)
            inner.parent.chmod(0)
            assert remove_folder(base / "left")
            assert (base / "kept").stat().st_mode & 0o777 == 0o500
    finally:
        (base / "kept").chmod(0o700)
        shutil.rmtree(base)
