"""Room and rights, told in words."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
import requests

from ops0.host import disk
from ops0.host.disk import (
    DiskFull,
    FileTooLarge,
    NoScratch,
    NotReadable,
    NotWritable,
    PathTooLong,
    TooManyFiles,
    disk_fault,
)
from ops0.host.engine_address import engine_address
from ops0.host.engine_errors import NoConnection
from ops0.host.engine_socket import connection_faults
from ops0.host.limits import LimitReached, limit_fault
from ops0.host.process import ProgramForbidden, ProgramMissing, start
from ops0.runtime.engines.docker_errors import translated


def os_error(number: int, filename: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), filename)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_names_the_file(number: int) -> None:
    fault = disk_fault(os_error(number, "/cache/wheels/x.whl"), ())
    assert isinstance(fault, DiskFull)
    assert (fault.place, fault.exit_code) == ("/cache/wheels/x.whl", 71)
    assert "OPS0_CACHE_DIR" in str(fault.hint)


def test_of_a_copy_the_place_is_where_it_went() -> None:
    copied = OSError(errno.ENOSPC, "No space left on device", "/usr/bin/uv", None, "/cache/uv")
    assert getattr(disk_fault(copied, ()), "place", None) == "/cache/uv"


def test_a_write_without_a_file_name_is_put_on_the_folder_that_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy, full = tmp_path / "roomy", tmp_path / "full"
    for folder in (roomy, full):
        folder.mkdir()
    real = os.statvfs(tmp_path)
    empty = os.statvfs_result((*real[:3], 0, 0, *real[5:]))
    plenty = os.statvfs_result((4096, 4096, 1 << 30, 1 << 30, 1 << 30, *real[5:]))
    monkeypatch.setattr(disk.os, "statvfs", lambda path: empty if path == full else plenty)
    fault = disk_fault(os_error(errno.ENOSPC), (roomy, full / "not" / "made"))
    assert isinstance(fault, DiskFull)
    assert fault.place == str(full / "not" / "made")
    assert isinstance(other := disk_fault(os_error(errno.ENOSPC), (roomy,)), DiskFull)
    assert other.place == "a disk"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_what_may_not_be_written_is_named(number: int) -> None:
    fault = disk_fault(os_error(number, "/srv/flow/ops0.lock"), ())
    assert isinstance(fault, NotWritable)
    assert (fault.place, fault.exit_code) == ("/srv/flow/ops0.lock", 72)


def test_only_folders_of_its_own_can_be_others() -> None:
    own, here = (Path("/cache"), Path("/state")), Path("/srv/flow")
    for place, other in (
        ("/srv/flow/ops0.lock", False),
        ("/srv", False),
        ("/cache/x", True),
        ("/", True),
    ):
        hint = getattr(disk_fault(os_error(errno.EACCES, place), own, here), "hint", "")
        assert hint.startswith("give this user the right to write there")
        assert ("OPS0_CACHE_DIR" in hint) == other


def test_a_path_that_is_too_long_is_no_matter_of_rights(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too long") as caught:
        (tmp_path / ("x" * 300)).mkdir()
    fault = disk_fault(caught.value, (tmp_path,), tmp_path)
    assert isinstance(fault, PathTooLong)
    assert fault.exit_code == 72
    assert "255" in str(fault.hint)


def test_what_may_not_be_read_is_no_matter_of_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _, mode: mode == os.F_OK)  # the tests may run as root
    fault = disk_fault(os_error(errno.EACCES, str(tmp_path / "key.pem")), ())
    assert isinstance(fault, NotReadable)
    assert "read it" in str(fault.hint)


@pytest.mark.parametrize(("argv0", "kind"), [("/opt/uv", ProgramForbidden), ("uv", ProgramMissing)])
def test_a_program_that_may_not_be_executed_is_not_a_file_that_may_not_be_written(
    monkeypatch: pytest.MonkeyPatch, argv0: str, kind: type[Exception]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", argv0)

    monkeypatch.setattr("subprocess.Popen.__init__", refuse)
    with pytest.raises(kind):
        start([argv0])


def test_a_folder_of_ours_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    state = tmp_path / "home" / ".local" / "state"
    for path in (state.parent, state, state / "runs" / "x"):
        with pytest.raises(NotADirectoryError) as caught:
            path.mkdir(parents=True)
        fault = disk_fault(caught.value, (tmp_path / "cache", state))
        assert isinstance(fault, NotWritable), path
        assert (fault.place, fault.exit_code) == (str(state), 72)
    state = tmp_path / "home"
    with pytest.raises(FileExistsError) as exists:
        state.mkdir(exist_ok=True)
    assert getattr(disk_fault(exists.value, (state,)), "place", None) == str(state)


def test_what_is_missing_in_a_folder_that_can_be_made_is_no_matter_of_rights(
    tmp_path: Path,
) -> None:
    missing = tmp_path / "state" / "runs" / "x"
    assert disk_fault(os_error(errno.ENOENT, str(missing)), (tmp_path / "state",)) is None


def test_no_folder_for_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_usable() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(disk.tempfile, "gettempdir", none_usable)
    fault = disk_fault(os_error(errno.ENOENT), ())
    assert isinstance(fault, NoScratch)
    assert (fault.exit_code, "TMPDIR" in str(fault.hint)) == (72, True)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_too_many_open_files_are_no_matter_of_room(number: int) -> None:
    fault = disk_fault(os_error(number, "/x"), ())
    assert isinstance(fault, TooManyFiles)
    assert "ulimit -n" in str(fault.hint)


def test_a_file_that_may_not_grow_is_no_fault_of_ops0() -> None:
    fault = disk_fault(os_error(errno.EFBIG), ())
    assert isinstance(fault, FileTooLarge)
    assert "ulimit -f" in str(fault.hint)


@pytest.mark.parametrize("fault", [MemoryError(), RuntimeError("can't start new thread")])
def test_limits_are_no_fault_of_ops0(fault: Exception) -> None:
    found = limit_fault(fault)
    assert found is not None
    assert (found.exit_code, "ulimit -v" in str(found.hint)) == (72, True)
    assert isinstance(disk_fault(os_error(errno.ENOMEM), ()), LimitReached)
    assert limit_fault(RuntimeError("odd")) is None


def test_a_process_that_may_not_be_made_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("subprocess.Popen.__init__", refuse)
    with pytest.raises(LimitReached, match="another process"):
        start(["uv"])


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_no_connection_for_want_of_files_is_no_engine_that_is_away(number: int) -> None:
    """An engine that is away is waited for: two minutes, and then it was told that it had not answered."""
    address = engine_address({"DOCKER_HOST": "unix:///run/engine.sock"})
    with (
        pytest.raises(NoConnection, match=r"/run/engine\.sock"),
        connection_faults(address, "GET /info", 1.0),
    ):
        raise os_error(number)
    refused = requests.ConnectionError("aborted")
    refused.__cause__ = os_error(number)
    with pytest.raises(NoConnection), translated(address.text, "GET /info", 1.0):
        raise refused


@pytest.mark.parametrize(
    "fault",
    [os_error(errno.ENOENT), os_error(errno.ENOENT, "/x"), os_error(errno.EACCES), OSError("odd")],
)
def test_anything_else_is_not_explained_away(fault: OSError) -> None:
    assert disk_fault(fault, ()) is None
