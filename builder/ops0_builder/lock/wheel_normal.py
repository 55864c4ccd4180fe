"""A wheel with everything that may differ between two builds of the same source taken out of its container.

Entries are sorted, uncompressed (two zlibs compress differently), of one time and of two modes. The members
themselves, RECORD too, stay as the build made them. Pure.
"""

from __future__ import annotations

import io
import zipfile

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
            result.writestr(info, source.read(entry))
    return target.getvalue()
