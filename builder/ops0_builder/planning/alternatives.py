"""The links that Debian's packages ask of update-alternatives, such as /usr/bin/java. Pure.

Maintainer scripts do not run, so what they ask is read: commands of update-alternatives without shell variables, and
the table (``.jinfo``) that a Java brings for update-java-alternatives. What a script only finds out while it runs is
not seen.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

_FOLDER = "/etc/alternatives"
_JAVA_KINDS = ("hl", "jre", "jdkhl", "jdk")


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """One ``--install``: of several with a name the highest priority wins, and its followers come along.

    followers: (link, name, path) of each ``--slave``
    source:    https://manpages.debian.org/bookworm/dpkg/update-alternatives.1.en.html
    """

    link: str
    name: str
    path: str
    priority: int
    followers: tuple[tuple[str, str, str], ...] = ()

    @property
    def links(self) -> tuple[tuple[str, str, str], ...]:
        """(link, name, path) of itself and those that come along."""
        return ((self.link, self.name, self.path), *self.followers)


def asked_by_script(postinst: str) -> Iterator[Alternative]:
    """What a script asks in so many words; commands with variables or substitutions are passed over."""
    for line in postinst.replace("\\\n", " ").split("\n"):
        _, found, words = line.partition("update-alternatives ")
        if not found or "--install" not in words or re.search(r"[$`|&;]", words):
            continue
        try:
            yield from _parsed(shlex.split(words, comments=True))
        except ValueError:  # an open quote, or a priority that is no number
            continue


def _parsed(words: list[str]) -> Iterator[Alternative]:
    at = words.index("--install")
    main = words[at + 1 : at + 5]
    if len(main) < 4:
        return
    rest = words[at + 5 :]
    followers = tuple(
        (rest[k + 1], rest[k + 2], rest[k + 3])
        for k, word in enumerate(rest[:-3])
        if word in ("--slave", "--follower")
    )
    link, name, path, priority = main
    yield Alternative(link=link, name=name, path=path, priority=int(priority), followers=followers)


def asked_by_java(jinfo: str) -> Iterator[Alternative]:
    """What a ``.jinfo`` file lists: the programs of one Java.

    source: https://manpages.debian.org/bookworm/java-common/update-java-alternatives.8.en.html
    """
    priority = re.search(r"^priority=(\d+)$", jinfo, re.MULTILINE)
    for line in jinfo.split("\n"):
        words = line.split()
        if priority and len(words) == 3 and words[0] in _JAVA_KINDS:
            _, name, path = words
            yield Alternative(
                link=f"/usr/bin/{name}", name=name, path=path, priority=int(priority[1])
            )


def links_of(asked: Iterable[Alternative], exists: Callable[[str], bool]) -> Mapping[str, str]:
    """Link -> what it points at, as update-alternatives makes them: over a link in /etc/alternatives.

    exists: is there such a path? What points at nothing is not made, and nothing takes a file's place.
    """
    best: dict[str, Alternative] = {}
    for one in sorted(asked, key=lambda one: (-one.priority, one.name, one.path)):
        if exists(one.path):
            best.setdefault(one.name, one)
    result: dict[str, str] = {}
    for link, name, path in chain.from_iterable(one.links for one in best.values()):
        if _plain(link, name, path) and exists(path) and not exists(link):
            result.setdefault(link, f"{_FOLDER}/{name}")
            result.setdefault(f"{_FOLDER}/{name}", path)
    return dict(sorted(result.items()))


def _plain(link: str, name: str, path: str) -> bool:
    """Absolute paths that go nowhere else, and a name that is one."""
    clean = all(one.startswith("/") and ".." not in one.split("/") for one in (link, path))
    return clean and "/" not in name and name not in ("", ".", "..")
