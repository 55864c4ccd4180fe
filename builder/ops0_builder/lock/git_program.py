"""The one place that starts git to fetch what requirements name. Words go in, what it said comes out.

What asks another machine has the user's own settings, for they say how to log in. What works on files here has none:
so a filter, a hook or a line ending of one user changes no tree. Nothing of a fetched repository is ever executed: no
hook, no helper, no ``update`` of a submodule. Nobody is asked for anything.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops0.host.process import Completed, ProgramMissing, ProgramTimeout
from ops0.host.process import run as run_program
from ops0_builder.lock.git_errors import GitMissing, RepositoryUnreachable
from ops0_builder.lock.program_words import last_lines, said_lines
from ops0_builder.lock.uv_program import Runner

_SECONDS = 1800.0
_ASKING_SECONDS = 120.0
OF_A_CHECKOUT = frozenset((
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_QUARANTINE_PATH",
    "GIT_TEMPLATE_DIR", "GIT_ATTR_SOURCE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_CURL_VERBOSE", "GIT_DEFAULT_HASH",
))  # fmt: skip
"""What git itself sets where a hook of the user's starts ops0, and what would print a login."""
_FIXED = {
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
    "LANGUAGE": "",
}
_NOBODYS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",
    "GIT_ALLOW_PROTOCOL": "none",
}
_SET = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "gc.auto=0", "maintenance.auto=false",
    "fetch.recurseSubmodules=false", "submodule.recurse=false", "core.quotePath=false",
)  # fmt: skip
_SET_HERE = (
    "core.autocrlf=false", "core.eol=lf", "core.symlinks=true", "core.fileMode=true", "core.attributesFile=/dev/null",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Git:
    """git with the environment of the user who runs ops0.

    seconds: how long a fetch may take;  asking: how long the question for a branch
    """

    environment: Mapping[str, str] = field(repr=False)
    run: Runner = run_program
    program: str = "git"
    seconds: float = _SECONDS
    asking: float = _ASKING_SECONDS

    def ask(self, url: str, *patterns: str, told: str) -> Completed:
        """What a repository says of its refs. ``told``: how it is called in errors.

        raises: GitMissing; RepositoryUnreachable where it does not answer
        """
        words = ("ls-remote", "--quiet", "--", url, *patterns)
        done = self._call(words, self._network(url), told, self.asking)
        if done.code != 0:
            raise RepositoryUnreachable(told, "cannot be asked", last(done))
        return done

    def fetch(self, store: Path, url: str, *words: str, told: str) -> Completed:
        """Fetch into a bare repository of ours. ``words``: options and what to fetch, the url between them as ``--``.

        raises: GitMissing; RepositoryUnreachable where it takes too long
        """
        at = words.index("--")
        argv = (
            *("--git-dir", str(store), "fetch", "--quiet", "--no-write-fetch-head", *words[:at]),
            *("--", url, *words[at + 1 :]),
        )
        return self._call(argv, self._network(url), told, self.seconds)

    def fetch_large(self, store: Path, url: str, commit: str, *words: str, told: str) -> Completed:
        """Have git-lfs fetch files of a commit into a bare repository of ours. ``words``: which of them; else all.

        raises: GitMissing; RepositoryUnreachable where it fails. Where git has no git-lfs, it says so
        """
        argv = ("--git-dir", str(store), "lfs", "fetch", "--exclude=", *words, url, commit)
        done = self._call(argv, self._network(url), told, self.seconds)
        if done.code != 0 and "'lfs' is not a git command" not in done.err:
            raise RepositoryUnreachable(
                told, "its Git LFS does not give all files", last(done), large=True
            )
        return done

    def here(self, *words: str, told: str, index: Path | None = None, send: str = "") -> Completed:
        """Work on files of ours, without any settings and without a network. Raises GitMissing."""
        kept = {key: value for key, value in self._kept().items() if not key.startswith("GIT_")}
        own = {"GIT_INDEX_FILE": str(index)} if index is not None else {}
        set_here = tuple(part for one in _SET_HERE for part in ("-c", one))
        env = {**kept, **_FIXED, **_NOBODYS, **own}
        return self._call((*set_here, *words), env, told, self.seconds, send)

    def _network(self, url: str) -> dict[str, str]:
        """Only what the address says, and what the user's own ``insteadOf`` may make of it."""
        local = url.startswith("file:")
        return {
            "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
            "GIT_HTTP_LOW_SPEED_TIME": "60",
            **self._kept(),
            **_FIXED,
            "GIT_ALLOW_PROTOCOL": "file" if local else "https:ssh:http:git",
        }

    def _kept(self) -> dict[str, str]:
        return {
            key: value
            for key, value in self.environment.items()
            if key not in OF_A_CHECKOUT and not key.startswith("GIT_TRACE")
        }

    def _call(
        self,
        words: tuple[str, ...],
        env: Mapping[str, str],
        told: str,
        seconds: float,
        send: str = "",
    ) -> Completed:
        settings = tuple(part for one in _SET for part in ("-c", one))
        try:
            # From the root folder: a checkout around the place where ops0 is started has settings of its own.
            argv = (self.program, *settings, *words)
            return self.run(argv, cwd=Path("/"), env=env, send=send.encode(), timeout=seconds)
        except ProgramMissing as fault:
            raise GitMissing(told, str(fault)) from None
        except ProgramTimeout as fault:
            raise RepositoryUnreachable(told, "does not come to an end", f"  {fault}") from None


def user_git() -> Git:
    """Git of the user who runs ops0."""
    return Git(environment=dict(os.environ))


def last(done: Completed) -> str:
    """The last lines of what git said, without logins."""
    return last_lines([line.lstrip() for line in said_lines(done.err)], 6)
