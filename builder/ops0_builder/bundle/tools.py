"""ops0's own wheel and those of all it needs, so that a machine without an index can install ops0 from a bundle.

pip makes and finds them with the user's own settings, in the versions that are installed here.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from ops0.core.errors import BundleError
from ops0.host import process
from ops0_builder.lock.fetch import Pip
from ops0_builder.lock.index_settings import redacted
from ops0_builder.lock.wheel_normal import normal_wheel

NAME = "ops0"
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


def make_tools(folder: Path, pip: Pip, say: Callable[[str], None]) -> Mapping[str, Path]:
    """Put the wheels into ``folder``, as bytes that depend on their members only; gives them by file name.

    raises: NoTools
    """
    say("wheels of ops0 and what it needs")
    with tempfile.TemporaryDirectory(prefix="ops0-tools-") as work:
        constraints = Path(work, "constraints.txt")
        constraints.write_text("".join(f"{line}\n" for line in installed()), encoding="utf-8")
        wanted = (*("--wheel-dir", work), *("--constraint", str(constraints)), requirement())
        argv = (*pip.program, "wheel", "--quiet", *wanted)
        env = {**pip.environment, "SOURCE_DATE_EPOCH": _EPOCH}
        try:
            done = pip.run(argv, env=env, timeout=SECONDS)
        except (process.ProgramMissing, process.ProgramTimeout) as fault:
            raise NoTools(str(fault), "pip is needed where the bundle is made") from None
        if done.code != 0:
            raise NoTools(f"pip says: {redacted(done.tail)}", "does the index answer? try again")
        found = {}
        for path in sorted(Path(work).glob("*.whl")):
            target = folder / short_name(path.name)
            target.write_bytes(normal_wheel(path.read_bytes()))
            found[target.name] = target
    return found


def requirement() -> str:
    """The very ops0 that runs, as pip names it: where it was installed from, else its version on an index."""
    own = metadata.distribution(NAME)
    told = own.read_text("direct_url.json")
    url = json.loads(told).get("url") if told else None
    return f"{NAME} @ {url}" if url else f"{NAME}=={own.version}"


def installed() -> Iterator[str]:
    """What is installed beside it, as pins; without what did not come from an index."""
    for one in sorted(metadata.distributions(), key=lambda one: str(one.name).lower()):
        if one.name and one.name != NAME and one.read_text("direct_url.json") is None:
            yield f"{one.name}=={one.version}"


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
