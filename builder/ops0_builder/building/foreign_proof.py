"""The proof of an image that cannot be run here: each import has its file, each shared object the right machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ops0.core.pipeline import Step
from ops0.core.plan import ImagePlan
from ops0.host.engine_socket import EngineSocket
from ops0_builder.bases.foreign import copied
from ops0_builder.build_errors import ProofFailed

_ELF_MACHINES = {"linux/amd64": 62, "linux/arm64": 183}
"""e_machine of an ELF file. source: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html"""


def prove_foreign(
    engine: EngineSocket, digest: str, step: Step, image: ImagePlan
) -> ProofFailed | None:
    """Read the packages of an image, and judge them. Raises EngineError, BuildxUnusable."""
    target = image.base.target
    path = f"/ops0/venv/lib/python{target.python}/site-packages"
    with copied(engine, digest, target.platform, path) as folder:
        found = next(faults(folder or Path("/nowhere"), image.imports, target.platform), None)
    if found is None:
        return None
    module, error = found
    return ProofFailed(
        step,
        module,
        f"{error} ({target.platform}; the image was read, not run)",
        'name the distribution that provides it for that platform on the step: @ops0.requires("…")',
    )


def faults(folder: Path, imports: tuple[str, ...], platform: str) -> Iterator[tuple[str, str]]:
    """(module, what is wrong) for imports without a file, and for shared objects of another machine."""
    for name in imports:
        if not is_there(folder, name):
            yield name, "no file of it is there"
    for path in sorted(folder.rglob("*.so*")):
        machine = elf_machine(path)
        if machine is not None and machine != _ELF_MACHINES[platform]:
            where = path.relative_to(folder)
            yield where.parts[0].partition(".")[0], f"{where} is for another machine"


def is_there(folder: Path, name: str) -> bool:
    """Whether site-packages holds a module. What lies below a module of one file is made when it is imported."""
    for part in name.split("."):
        if (folder / part).is_dir():
            folder = folder / part
            continue
        return (folder / f"{part}.py").is_file() or any(
            one.name.startswith(f"{part}.") for one in folder.glob("*.so")
        )
    return True


def elf_machine(path: Path) -> int | None:
    """An ELF file's machine; None for another file."""
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(20)
    if len(head) < 20 or head[:4] != b"\x7fELF":
        return None
    return int.from_bytes(head[18:20], "little" if head[5] == 1 else "big")
