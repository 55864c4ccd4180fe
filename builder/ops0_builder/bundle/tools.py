"""ops0's own wheel and those of all it needs, so that a machine without an index can install ops0 from a bundle.

pip makes ops0's own, of the very ops0 that runs. What it needs is resolved as a step's needs are, with the user's own
settings: for each Python and platform of the other machine, in the versions that are installed here where they fit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from ops0.core.errors import BundleError
from ops0.core.locked import Target
from ops0.host import process
from ops0.host.temporary import temporary_folder
from ops0_builder.lock.fetch import Pip
from ops0_builder.lock.files import Tools
from ops0_builder.lock.program_words import redacted
from ops0_builder.lock.wheel_normal import normal_wheel
from ops0_builder.lock.wheels_for import wheels_for

NAME = "ops0"
_GLIBC = (2, 28)
"""Of a machine that nobody knows: Debian 10, RHEL 8 and newer ones have it."""
LONGEST = 89
"""Characters of a file's name: what a member's name of 100 leaves below ``ops0/tools/``."""
SECONDS = 1800.0
_EPOCH = "315532800"  # 1980-01-01, the earliest time that a zip file can say


class NoTools(BundleError):
    """The wheels of ops0 itself, or of what it needs, cannot be made or had here."""

    exit_code = 86

    def __init__(self, fact: str, hint: str) -> None:
        super().__init__(f"--with-tools: {fact}", hint)
        self.fact = fact


def tool_targets(pythons: Iterable[str], platform: str) -> tuple[Target, ...]:
    """What the other machine may have. ``pythons``: as ``3.11``. Pure."""
    return tuple(Target(python=one, platform=platform, glibc=_GLIBC) for one in pythons)


def make_tools(
    folder: Path, targets: Iterable[Target], tools: Tools, say: Callable[[str], None]
) -> Mapping[str, Path]:
    """Put the wheels into ``folder``, as bytes that depend on their members only; gives them by file name.

    raises: NoTools, LockError's kinds
    """
    found: dict[str, Path] = {}
    for target in targets:
        say(f"wheels of what ops0 needs, for Python {target.python} on {target.platform}")
        for name, path in wheels_for(needs(), target, installed(), tools, NAME).items():
            _put(folder, name, path.read_bytes(), found)
    with temporary_folder("tools") as work:
        say("wheel of ops0")
        own = _own_wheel(work, tools.pip)
        _put(folder, own.name, own.read_bytes(), found)
    return found


def _put(folder: Path, name: str, data: bytes, found: dict[str, Path]) -> None:
    """Write one wheel in its normal form. Raises NoTools where two of one name hold different things."""
    target, normal = folder / short_name(name), normal_wheel(data)
    if target.name in found and target.read_bytes() != normal:
        raise NoTools(
            f"{name} is another file for another Python or platform",
            "make a bundle for one Python: --tools-python",
        )
    target.write_bytes(normal)
    found[target.name] = target


def _own_wheel(work: Path, pip: Pip) -> Path:
    argv = (*pip.program, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(work), requirement())
    env = {**pip.environment, "SOURCE_DATE_EPOCH": _EPOCH}
    try:
        done = pip.run(argv, env=env, timeout=SECONDS)
    except (process.ProgramMissing, process.ProgramTimeout) as fault:
        raise NoTools(str(fault), "pip is needed where the bundle is made") from None
    made = sorted(work.glob("*.whl"))
    if done.code != 0 or len(made) != 1:
        raise NoTools(f"pip says: {redacted(done.tail)}", "does the index answer? try again")
    return made[0]


def requirement() -> str:
    """The very ops0 that runs, as pip is told: where it was installed from, else its version on an index.

    An address stands alone: pip takes no name before one without a host, as ``git+file:///srv/ops0``.

    raises: NoTools
    """
    own = metadata.distribution(NAME)
    told = own.read_text("direct_url.json")
    if not told:
        return f"{NAME}=={own.version}"
    try:
        return _installed_from(json.loads(told))
    except (ValueError, KeyError, TypeError):
        fact = f"its direct_url.json does not say where {NAME} is from"
        raise NoTools(fact, f"install {NAME} again") from None


def _installed_from(told: Mapping[str, Any]) -> str:
    """What ``direct_url.json`` says, in the words that pip reads: of a repository the very commit. Pure.

    raises: KeyError, TypeError for what is no such document
    source: https://packaging.python.org/en/latest/specifications/direct-url-data-structure/
    """
    url, folder, vcs = told["url"], told.get("subdirectory"), told.get("vcs_info")
    if vcs:
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    return f"{url}#subdirectory={folder}" if folder else str(url)


def needs() -> tuple[str, ...]:
    """What ops0 needs without any extra, for any Python and platform: markers are left to whoever resolves."""
    told = metadata.requires(NAME) or ()
    return tuple(one for one in told if "extra" not in str(Requirement(one).marker or ""))


def installed() -> Mapping[str, str]:
    """Name -> version of what is installed beside it; without what did not come from an index."""
    return dict(_installed())


def _installed() -> Iterator[tuple[str, str]]:
    for one in metadata.distributions():
        if one.name and one.name != NAME and one.read_text("direct_url.json") is None:
            yield one.name, one.version


def short_name(name: str) -> str:
    """A wheel's file name with as many of its platforms as fit; each of them alone says where it runs. Pure.

    raises: NoTools
    source: https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/#compressed-tag-sets
    """
    front, _, platforms = name.removesuffix(".whl").rpartition("-")
    kept = platforms.split(".")
    while len(kept) > 1 and len(f"{front}-{'.'.join(kept)}.whl") > LONGEST:
        kept.pop()
    short = f"{front}-{'.'.join(kept)}.whl"
    if len(short) > LONGEST:
        raise NoTools(f"{name}: a name of more than {LONGEST} characters", "leave it out")
    return short
