"""Small real wheels, source archives and folders."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path


def a_wheel(
    name: str,
    version: str = "1.0",
    *requires: str,
    tag: str = "py3-none-any",
    extras: tuple[str, ...] = (),
    body: str = "",
) -> tuple[str, bytes]:
    """A small real wheel: (file name, bytes)."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    metadata += [f"Provides-Extra: {extra}" for extra in extras]
    metadata += [f"Requires-Dist: {text}" for text in requires]
    members = {
        f"{module}/__init__.py": f"__version__ = {version!r}\n{body}",
        f"{info}/METADATA": "\n".join(metadata) + "\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{member},,\n" for member in members)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member, text in {**members, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(member), text)
    return f"{module}-{version}-{tag}.whl", stream.getvalue()


BACKEND = """
import os, zipfile
def _requires(config_settings=None): return {asks!r}
get_requires_for_build_wheel = _requires
def build_wheel(folder, config_settings=None, metadata_directory=None):
    if {fails}: raise SystemExit("no compiler here")
    name = "{module}-{version}-{tag}.whl"
    info = "{module}-{version}.dist-info"
    noise = open({noise!r}).read() if {noise!r} else ""
    noise += "".join(__import__(name).__version__ for name in {asks!r})
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("{module}/__init__.py", "BUILT = True  # " + noise)
        archive.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        archive.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
        archive.writestr(info + "/RECORD", "")
    return name
"""


def an_sdist(
    name: str,
    version: str = "1.0",
    *,
    tag: str = "py3-none-any",
    fails: bool = False,
    noise: str = "",
    asks: tuple[str, ...] = (),
) -> tuple[str, bytes]:
    """A source archive with a build backend of its own, so that nothing else is needed to build it.

    asks: names of distributions that the backend asks for when it is asked; their versions get into the wheel
    """
    module = name.replace("-", "_")
    backend = BACKEND.format(
        name=name,
        module=module,
        version=version,
        tag=tag,
        fails=fails,
        noise=noise,
        asks=list(asks),
    )
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
        f'[project]\nname = "{name}"\nversion = "{version}"\n',
        "own.py": backend,
        "PKG-INFO": f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\n",
    }
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for member, text in files.items():
            info = tarfile.TarInfo(f"{module}-{version}/{member}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return f"{module}-{version}.tar.gz", stream.getvalue()


FOLDER_BACKEND = """
import os, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "{module}-{version}-{tag}.whl"
    info = "{module}-{version}.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for here, _, files in os.walk("src"):
            for file in files:
                path = os.path.join(here, file)
                archive.write(path, path[4:])
        lines = ["Metadata-Version: 2.1", "Name: {name}", "Version: {version}", *{requires!r}]
        archive.writestr(info + "/METADATA", "\\n".join(lines) + "\\n")
        archive.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
        archive.writestr(info + "/RECORD", "")
    return name
"""


def a_folder(
    place: Path,
    name: str,
    *requires: str,
    version: str = "1.0",
    tag: str = "py3-none-any",
    more: str = "",
) -> Path:
    """A distribution with a build backend of its own, so that nothing else is needed to build it."""
    module = name.replace("-", "_")
    (place / "src" / module).mkdir(parents=True, exist_ok=True)
    (place / "src" / module / "__init__.py").write_text("X = 1\n")
    told = [f"Requires-Dist: {one}" for one in requires]
    (place / "own.py").write_text(
        FOLDER_BACKEND.format(name=name, module=module, version=version, tag=tag, requires=told)
    )
    (place / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
        f'[project]\nname = "{name}"\nversion = "{version}"\n{more}'
    )
    return place
