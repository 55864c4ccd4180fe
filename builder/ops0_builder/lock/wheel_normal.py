"""A wheel with everything that may differ between two builds of the same source taken out of its container.

Entries are sorted, uncompressed (two zlibs compress differently), of one time and of two modes. The members
themselves, RECORD too, stay as the build made them, but for the paths of this machine that a backend such as poetry's
writes into METADATA for a dependency in a folder: there its name is kept. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile

_NEED = re.compile(
    rb"^(Requires-Dist: *[A-Za-z0-9._-]+(?:\[[^\]\n]*\])?) *@ *file:[^\s;]*( *;[^\n]*)?",
    re.MULTILINE,
)
_TIME = (1980, 1, 1, 0, 0, 0)


def normal_wheel(data: bytes) -> bytes:
    """The same wheel, as bytes that depend on its members only.

    raises: zipfile.BadZipFile
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as result:
        members = (entry for entry in source.infolist() if not entry.is_dir())
        for entry in sorted(members, key=lambda it: (".dist-info/" in it.filename, it.filename)):
            info = zipfile.ZipInfo(entry.filename, date_time=_TIME)
            executable = (entry.external_attr >> 16) & 0o111
            info.external_attr = (0o100755 if executable else 0o100644) << 16
            info.create_system = 3
            info.compress_type = zipfile.ZIP_STORED
            result.writestr(info, _pathless(source, entry.filename))
    return target.getvalue()


def _pathless(source: zipfile.ZipFile, name: str) -> bytes:
    data = source.read(name)
    if name.endswith(".dist-info/METADATA"):
        return _NEED.sub(rb"\1\2", data)
    metadata = f"{name.removesuffix('RECORD')}METADATA"
    if not name.endswith(".dist-info/RECORD") or metadata not in source.namelist():
        return data
    old, new = source.read(metadata), _pathless(source, metadata)
    return data if old == new else data.replace(_recorded(old), _recorded(new))


def _recorded(data: bytes) -> bytes:
    """How RECORD tells a file's hash and size."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
    return b"sha256=%s,%d" % (digest, len(data))
