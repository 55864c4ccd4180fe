"""Debian packages for a step: fetched on the host by apt for the base's own release, unpacked into one tree.

apt runs in a folder of its own, with the base's record of packages as its status: it fetches what the base lacks and
nothing else, whether the base has dpkg or not. Maintainer scripts do not run, but for the links of alternatives, which
are made here; the proof of the image shows whether that was enough. The archive's signatures are checked by apt.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Iterable
from pathlib import Path

from ops0.core.plan import BaseImage
from ops0.host import process
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir, file_lock, write_aside
from ops0.host.temporary import temporary_folder
from ops0_builder.build_errors import SystemFetchFailed
from ops0_builder.engine.once import run_once
from ops0_builder.planning.alternatives import Alternative, asked_by_java, asked_by_script, links_of
from ops0_builder.planning.context import EPOCH

_EMPTIED = "\nOps0-Programs: removed"
_FOR_SCRIPTS = frozenset({"debconf", "dpkg"})
"""What packages depend on for their maintainer scripts, which do not run."""
NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+", re.ASCII)
SECONDS = 900.0
_FETCH = ("install", "--yes", "--no-install-recommends", "--download-only")
_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
_HINT = "ops0 fetches system packages on Debian or Ubuntu; elsewhere take a base that has them: @ops0.image(base=…)"
_LEFT_OUT = (
    "usr/share/doc/",
    "usr/share/man/",
    "usr/share/info/",
    "usr/share/lintian/",
    "usr/share/locale/",
)

_STATUS = """
import glob, os
for name in ["/var/lib/dpkg/status", *sorted(glob.glob("/var/lib/dpkg/status.d/*"))]:
    if os.path.isfile(name) and not name.endswith(".md5sums"):
        print(open(name, encoding="utf-8", errors="replace").read().strip() + "\\n")
"""


def stage_system(
    base: BaseImage,
    packages: tuple[str, ...],
    folder: Path,
    *,
    engine: EngineSocket,
    anew: bool,
) -> None:
    """Make ``folder/system.tar`` unless it is there; with ``anew``, from what the archive has today.

    raises: SystemFetchFailed, EngineError
    """
    if (folder / "system.tar").exists() and not anew:
        return
    suite = _suite(base, packages)
    probe = ("python3", "-IBc", _STATUS)
    status = run_once(engine, base.digest, probe, labels={"ops0.kind": "probe"}, timeout=120)
    if status.code:
        fact = f"the base's own packages cannot be read: Python ended with exit code {status.code}"
        raise SystemFetchFailed(packages, fact, "try again, with fewer programs beside it")
    try:
        with (
            file_lock(cache_dir() / "locks" / "apt.lock"),
            temporary_folder("apt") as made,
        ):
            archives = _download(packages, suite, base, installed(status.out), made)
            data = _tree(packages, archives, made / "tree")
    except process.ProgramMissing as fault:
        raise SystemFetchFailed(packages, str(fault), _HINT) from None
    except process.ProgramTimeout as fault:
        raise SystemFetchFailed(packages, str(fault), "is the Debian archive reachable?") from None
    write_aside(folder / "system.tar", data)


def _suite(base: BaseImage, packages: tuple[str, ...]) -> str:
    """The Debian release that packages for a base are fetched of. Raises SystemFetchFailed."""
    if not all(NAME.fullmatch(name) for name in packages):
        raise SystemFetchFailed(packages, "no names of Debian packages", _HINT)
    if base.native:
        fact = f"they cannot be added to an image for {base.target.platform} on an engine of another platform"
        raise SystemFetchFailed(
            packages, fact, "build this step where the engine has that platform"
        )
    system, _, suite = base.suite.partition(" ")
    if system != "debian" or not suite:
        fact = f"the base {base.reference} is no Debian release ({base.suite or 'unknown'})"
        raise SystemFetchFailed(packages, fact, _HINT)
    return suite


def installed(status: str) -> str:
    """A record as dpkg has it, every package marked as installed, which control files alone do not say. Pure."""
    blocks = [block.strip("\n") for block in re.split(r"\n{2,}", status) if block.strip()]
    marked = [
        block
        if re.search(r"^Status:", block, re.MULTILINE)
        else f"{block}\nStatus: install ok installed"
        for block in blocks
    ]
    return "".join(f"{block}\n\n" for block in marked)


def emptied(status: str) -> frozenset[str]:
    """The packages of a record whose programs ops0's own bases do without (scripts/base-rootfs.sh). Pure."""
    blocks = re.split(r"\n{2,}", status)
    names = (
        re.search(r"^Package: (\S+)$", block, re.MULTILINE) for block in blocks if _EMPTIED in block
    )
    return frozenset(found[1] for found in names if found)


def sources(targets: str, suite: str) -> str:
    """The base's release on the archives that this machine uses (lines of URIs). Pure."""
    uris = {line.strip().rstrip("/") for line in targets.splitlines() if line.strip()}
    mirror = next((uri for uri in sorted(uris) if uri.endswith("/debian")), None)
    security = next((uri for uri in sorted(uris) if uri.endswith("/debian-security")), None)
    if mirror is None:
        return ""
    lines = [f"deb [signed-by={_KEYS}] {mirror} {suite} main"]
    if security is not None and suite not in ("forky", "sid"):
        lines.append(f"deb [signed-by={_KEYS}] {security} {suite}-security main")
    return "".join(f"{line}\n" for line in lines)


def _download(
    packages: tuple[str, ...], suite: str, base: BaseImage, status: str, root: Path
) -> tuple[Path, ...]:
    targets = process.run(("apt-get", "indextargets", "--format", "$(REPO_URI)"), timeout=60)
    listed = sources(targets.out, suite)
    if not listed:
        raise SystemFetchFailed(packages, "no Debian archive is set up for apt here", _HINT)
    for name in ("state/lists/partial", "cache/archives/partial"):
        (root / name).mkdir(parents=True)
    (root / "status").write_text(status, encoding="utf-8")
    (root / "sources.list").write_text(listed, encoding="utf-8")

    def apt(*words: str) -> tuple[Path, ...]:
        done = process.run(("apt-get", *_options(root, base), *words), timeout=SECONDS)
        if done.code != 0:
            raise SystemFetchFailed(packages, done.tail, "are the names right for this release?")
        return tuple(sorted((root / "cache/archives").glob("*.deb")))

    apt("update")
    archives = apt(*_FETCH, *packages)
    lacking = emptied(status)
    whole = lacking.intersection((*packages, *(_depended_on(archives) - _FOR_SCRIPTS)))
    if not whole:
        return archives
    archives = apt(*_FETCH, "--reinstall", *sorted(whole))
    lost = whole - {one.name.partition("_")[0] for one in archives}
    if lost:
        fact = f"the archive does not have {', '.join(sorted(lost))} in the base's version any more"
        raise SystemFetchFailed(packages, fact, "make the base anew: ops0 base")
    return archives


def _depended_on(archives: Iterable[Path]) -> frozenset[str]:
    """All names in what packages say that they depend on, of alternatives each."""
    fields = ("Depends", "Pre-Depends")
    told = (process.run(("dpkg-deb", "-f", str(one), *fields), timeout=60).out for one in archives)
    return frozenset(name for text in told for name in NAME.findall(text))


def _options(root: Path, base: BaseImage) -> tuple[str, ...]:
    machine = base.target.platform.partition("/")[2]
    settings = {
        "Dir::State": root / "state",
        "Dir::State::status": root / "status",
        "Dir::Cache": root / "cache",
        "Dir::Etc::sourcelist": root / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferences": "-",
        "Dir::Etc::preferencesparts": "-",
        "APT::Architecture": machine,
        "APT::Architectures": machine,
        "APT::Get::AllowUnauthenticated": "false",
        "APT::Sandbox::User": "",
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Languages": "none",
        "DPkg::Lock::Timeout": "0",
        "Debug::NoLocking": "true",
    }
    return ("-q", *(part for name, value in settings.items() for part in ("-o", f"{name}={value}")))


def _tree(packages: tuple[str, ...], archives: tuple[Path, ...], tree: Path) -> bytes:
    tree.mkdir()
    records = tree / "var/lib/dpkg/status.d"
    records.mkdir(parents=True)
    control = tree.with_name("control")
    control.mkdir()
    asked: list[Alternative] = []
    for archive in archives:
        told = [
            process.run(("dpkg-deb", *words), timeout=SECONDS)
            for words in (
                ("-x", str(archive), str(tree)),
                ("-e", str(archive), str(control / archive.name)),
                ("-f", str(archive)),
            )
        ]
        for done in told:
            if done.code != 0:
                raise SystemFetchFailed(packages, done.tail, _HINT)
        name = archive.name.partition("_")[0]
        (records / name).write_text(f"{told[-1].out}\n", encoding="utf-8")
        asked.extend(asked_by_script(_text(control / archive.name / "postinst")))
    for table in sorted(tree.glob("usr/lib/jvm/.*.jinfo")):
        asked.extend(asked_by_java(_text(table)))
    link_alternatives(tree, asked)
    return packed(tree)


def link_alternatives(tree: Path, asked: Iterable[Alternative]) -> None:
    """Make in an unpacked tree the links that its packages ask for."""

    def shipped(path: str) -> bool:
        name = path.lstrip("/")
        return not f"{name}/".startswith(_LEFT_OUT) and os.path.lexists(tree / name)

    for link, target in links_of(asked, shipped).items():
        path = tree / link.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""


def packed(tree: Path) -> bytes:
    """A folder as a tar: sorted, owned by root, one time, no documentation, no set-user-id."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(tree.rglob("*")):
            name = path.relative_to(tree).as_posix()
            if f"{name}/".startswith(_LEFT_OUT):
                continue
            member = archive.gettarinfo(str(path), name)
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.mtime, member.mode = EPOCH, member.mode & 0o755
            if member.isfile():
                with path.open("rb") as data:
                    archive.addfile(member, data)
            elif member.isdir() or member.issym() or member.islnk():
                archive.addfile(member)
    return stream.getvalue()
