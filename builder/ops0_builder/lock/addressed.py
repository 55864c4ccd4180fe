"""Files at an address -> the wheelhouse, each locked by its sha256. pip fetches them, with the user's own settings.

What the file's name says is believed of no file, but is enough to refuse one before anything is fetched.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import tomli
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from ops0.core.locked import LockedFile, LockedSource, Target
from ops0.core.requirements.file_addresses import FileAddress
from ops0_builder.lock.errors import FetchFailed, HashMismatch
from ops0_builder.lock.fetch import Wanted, fetch
from ops0_builder.lock.files import Tools
from ops0_builder.lock.inputs import target_text
from ops0_builder.lock.place_errors import FileUnfit
from ops0_builder.lock.uv_program import Uv
from ops0_builder.lock.wheel_choice import wheel_rank

_OTHER_BYTES = (
    "it may have broken off on its way: try again; if it stays so, someone changed the file at that address: find out "
    "who, then name it by the sha256 that is right, #sha256=HEX, or `ops0 lock --upgrade {}`"
)
_UNFETCHED = (
    "check that the address is right, and the network; its login goes into ~/.netrc or a keyring, "
    "where pip looks for it; or carry its wheel: `ops0 build --wheelhouse DIR`"
)


def check_file(name: str, address: FileAddress, target: Target, uv: Uv) -> None:
    """Raises FileUnfit for a file of another name, of another platform, or that may not be built."""
    if not address.is_wheel:
        if not may_build(name, uv):
            fact = "is a source archive, and the settings of uv forbid to build one"
            hint = (
                "name the address of a wheel, or allow it: `no-build` and the like in uv's settings"
            )
            raise FileUnfit(name, address.url, fact, hint)
        return
    check_wheel_name(name, address.url, address.filename)
    if wheel_rank(address.filename, target) is None:
        fact = f"is for another Python or platform than the image, which has {target_text(target)}"
        hint = (
            "name the address of its wheel for that; where images of several platforms are made, each with its marker: "
            f'{name} @ ADDRESS ; platform_machine == "aarch64"'
        )
        raise FileUnfit(name, address.url, fact, hint)


def check_wheel_name(name: str, place: str, filename: str) -> None:
    """Raises FileUnfit for a file whose name is no wheel's, or that of another distribution's."""
    try:
        found = parse_wheel_filename(filename)[0]
    except InvalidWheelFilename:
        hint = "name a file that is called as wheels are: NAME-1.0-py3-none-any.whl"
        raise FileUnfit(name, place, "is not called as a wheel is", hint) from None
    if found != name:
        hint = f"write {found} in its place, or name another file"
        raise FileUnfit(name, place, f"is a wheel of {found}", hint)


def may_build(name: str, uv: Uv) -> bool:
    """Whether uv's settings let a source archive of that name be built."""
    if "--no-build" in uv.options or _is_on(uv.environment.get("UV_NO_BUILD", "")):
        return False
    said = tomli.loads(uv.configuration) if uv.configuration else {}
    tables = (said, said.get("pip", {}))
    if any(one.get("no-build") is True for one in tables):
        return False
    listed = [
        text
        for one in tables
        for key in ("no-build-package", "only-binary")
        for text in one.get(key, [])
    ]
    listed += uv.environment.get("UV_NO_BUILD_PACKAGE", "").split()
    return not {":all:", name} & {
        one if one == ":all:" else canonicalize_name(one) for one in listed
    }


def _is_on(said: str) -> bool:
    return said.lower() in ("1", "true", "yes", "on", "y", "t")


def fetched(name: str, address: FileAddress, target: Target, tools: Tools) -> LockedFile:
    """The file in the wheelhouse, fetched where it is not there, or where nobody says which one it is.

    raises: FetchFailed, HashMismatch, BrokenWheel, SourceBuildFailed, DiskFull
    """
    held = tools.wheelhouse.find(address.filename, address.sha256) if address.sha256 else None
    if held is not None:
        return held
    more = (
        "" if address.is_wheel else ": pip asks a source archive what it is, which may run its code"
    )
    tools.progress(f"lock: fetching {name} from {address.url}{more}")
    wanted = Wanted(
        name=name,
        version=f"at {address.url}",
        sha256=address.sha256,
        size=0,
        target=target,
        filename=address.filename,
        is_sdist=not address.is_wheel,
        url=address.url,
    )
    try:
        # The address says where it is: no index is asked for another file of that name.
        return fetch([wanted], tools.wheelhouse, replace(tools.pip, indexes=()))[address.filename]
    except HashMismatch as fault:
        hint = _OTHER_BYTES.format(name)
        raise HashMismatch(address.url, fault.expected, fault.actual, hint) from None
    except FetchFailed as fault:
        raise FetchFailed(fault.distribution, fault.said, _UNFETCHED) from None


def stored(name: str, source: LockedSource, target: Target, tools: Tools) -> Path:
    """The path of the very file that a source is locked by. Raises as ``fetched``."""
    address = FileAddress(url=source.place, sha256=source.digest)
    return tools.wheelhouse.path(fetched(name, address, target, tools))
