"""What can go wrong between needs and wheels: one class and one exit code a kind, 20 to 29.

::

    LockError
    ├── RequirementUnfit   20   a requirement that cannot be read or that ops0 does not take
    ├── AmbiguousRef       20   git_errors.py: a name is a branch and a tag, at different commits
    ├── LockStale          21   the stored lock answers other requirements, or there is none
    ├── LockDamaged        22   a stored file cannot be trusted: place and field
    ├── Conflict           23   the steps ask for what cannot be had together, or a need's own needs cannot be had
    ├── NoSuchDistribution 24   no index has it, or none of its versions fits
    ├── NoSuchRef          24   git_errors.py: a repository has no branch, tag or commit of that name
    ├── NoFittingFile      25   it exists, but has no file for the target
    ├── FileUnfit          25   place_errors.py: a file is of another name or platform than is asked for
    ├── BrokenWheel        25   its wheel is not what it says, or leads where it must not
    ├── IndexUnreachable   26   the index does not answer
    │   ├── IndexRefuses   26   it wants other credentials
    │   ├── IndexUntrusted 26   its certificate is not trusted
    │   └── FetchFailed    26   a locked file could not be fetched
    ├── RepositoryUnreachable 26 git_errors.py: a repository does not answer, or wants another login
    ├── CommitGone         26   git_errors.py: a repository has no such commit
    ├── WheelsMissing      26   carried.py: a folder of wheels lacks some
    ├── HashMismatch       27   a file is not what the lock says
    │   └── RebuildDiffers 27   a source archive gave another wheel than the lock says
    ├── OtherFile          27   constraints.py: the index has another file than the project names
    ├── Unhashed           27   constraints.py: the project wants a hash of its own for each file, and names none
    ├── NameTaken          27   carried.py: a folder of wheels has another file of that name
    ├── SourceBuildFailed  28   place_errors.py: a source archive gave no wheel
    ├── TreeRefused        28   git_errors.py: a commit holds what ops0 does not build
    ├── GitMissing         29   git_errors.py: there is no git
    └── ResolverFailed     29   uv itself failed
        └── PipFailed      29   pip cannot tell its settings
"""

from __future__ import annotations

from shlex import quote

from ops0.core.errors import LockError
from ops0.core.pipeline import StepName
from ops0_builder.certificate_faults import certificate_hint

_RELOCK = "update it: ops0 lock"


class RequirementUnfit(LockError):
    """A requirement that cannot be read, or that names a place which is not asked."""

    exit_code = 20

    def __init__(self, requirement: str, place: str, fact: str, hint: str | None = None) -> None:
        super().__init__(f"{place}: `{requirement}`: {fact}", hint)
        self.requirement, self.place = requirement, place


class LockStale(LockError):
    """The stored lock answers other requirements than the pipeline has now.

    changes:    one line each
    missing:    there is no lock at all
    wheelhouse: the folder that was to be built from, where there may be no index
    python:     the one Python that the lock is for, where that alone differs
    """

    exit_code = 21

    def __init__(
        self,
        place: str,
        changes: tuple[str, ...],
        *,
        missing: bool = False,
        wheelhouse: str | None = None,
        python: str | None = None,
    ) -> None:
        lines = "".join(f"\n  {change}" for change in changes)
        fact = "there is no lock yet" if missing else f"the lock is out of date{lines}"
        hint = "make it: ops0 lock" if missing else _RELOCK
        if wheelhouse is not None:
            fill = f"`ops0 lock --wheelhouse {quote(wheelhouse)}`"
            hint = f"where the index is, {fill}; then carry the lock and the folder again"
        if python is not None:
            hint = f'set python = "{python}" in the settings if steps are to run on it everywhere; or {hint}'
        super().__init__(f"{place}: {fact}", hint)
        self.place, self.changes = place, changes


class LockDamaged(LockError):
    """A stored lock file that cannot be trusted."""

    exit_code = 22

    def __init__(self, path: str, field: str, fact: str, hint: str | None = None) -> None:
        where = f"{path}: {field}" if field else path
        super().__init__(
            f"{where}: {fact}",
            hint or "restore the file from version control, or make a new one: ops0 lock --upgrade",
        )
        self.path, self.field = path, field


class Conflict(LockError):
    """Requirements that cannot hold together, or one that cannot hold with all that it needs in turn.

    asked: (step, place, requirement) of everything that takes part
    held:  (place, constraint) of what the project's own files say that takes part
    """

    exit_code = 23

    def __init__(
        self,
        asked: tuple[tuple[StepName, str, str], ...],
        explanation: str,
        held: tuple[tuple[str, str], ...] = (),
    ) -> None:
        place = asked[0][1] if asked else "requirements"
        lines = "".join(f"\n  {where}: {step} needs {text}" for step, where, text in asked)
        lines += "".join(f"\n  {where}: the project wants {text}" for where, text in held)
        alone = len({text for _, _, text in asked}) == 1 and not held
        fact = (
            "this requirement, or what it needs in turn, cannot be had"
            if alone
            else "these requirements cannot hold together"
        )
        hint = (
            "see that the index has what is named above, or ask for another version"
            if alone
            else "loosen one of them, or lock the project's own file anew"
            if held
            else 'loosen one of them, or give a step an environment of its own: @ops0.image(group="own")'
        )
        super().__init__(f"{place}: {fact}{lines}\n{explanation}".rstrip(), hint)
        self.asked, self.explanation, self.held = asked, explanation, held


class NoSuchDistribution(LockError):
    """No index in force has a distribution of that name, or no version in that range. ``said``: uv's words."""

    exit_code = 24

    def __init__(
        self, requirement: str, place: str, reason: str, *, name_known: bool, said: str
    ) -> None:
        fact = (
            f"no version of it satisfies `{requirement}`"
            if name_known
            else f"no index in force has a distribution for `{requirement}`"
        )
        hint = (
            "loosen the version; a pre-release, or one that was yanked, is taken where it alone is asked for, by =="
            if name_known
            else 'name the right distribution, @ops0.requires("..."); or see that the index is the one that has it: '
            "`pip config list`"
        )
        super().__init__(f"{place}: {reason}: {fact}\n{said}".rstrip(), hint)
        self.requirement, self.place, self.name_known = requirement, place, name_known


class NoFittingFile(LockError):
    """The distribution exists, but no wheel of it fits the target and no source archive can stand in.

    said: uv's words, as that it needs another Python
    """

    exit_code = 25

    def __init__(
        self,
        distribution: str,
        target: str,
        place: str | None = None,
        *,
        builds: bool = True,
        said: str = "",
    ) -> None:
        start = f"{place}: " if place else ""
        what = (
            f"no wheel and no source archive for {target}"
            if builds
            else f"no wheel for {target}, and source archives may not be built"
        )
        super().__init__(
            f"{start}{distribution} has {what}\n{said}".rstrip(),
            "ask for another version, or give the step another Python or base: @ops0.image(python=...)",
        )
        self.distribution, self.target, self.place = distribution, target, place


class BrokenWheel(LockError):
    """A wheel that came as it was asked for, and is not what it says of itself. It was thrown away."""

    exit_code = 25

    def __init__(self, filename: str, fact: str) -> None:
        super().__init__(
            f"{filename}: the wheel is broken: {fact}",
            "ask for another version, tell who publishes it, or publish a whole one on your index",
        )
        self.filename, self.fact = filename, fact


class IndexUnreachable(LockError):
    """The package index does not answer, or refuses."""

    exit_code = 26

    def __init__(self, fact: str, said: str, hint: str | None = None) -> None:
        super().__init__(
            f"{fact}\n{said}".rstrip(),
            hint
            or "check the network and your pip or uv settings (index, certificate, credentials)",
        )
        self.said = said


class IndexRefuses(IndexUnreachable):
    """The package index wants other credentials than it was given, or has them and does not let them in."""

    def __init__(self, said: str) -> None:
        super().__init__(
            "the package index refuses",
            said,
            "check user and password of that index: in its URL in pip's or uv's settings, in netrc, or in the keyring",
        )


class IndexUntrusted(IndexUnreachable):
    """Nobody that is trusted has signed the package index's certificate, or it is of another time or host."""

    def __init__(self, said: str) -> None:
        super().__init__(
            "the certificate of the package index is not trusted",
            said,
            certificate_hint(said)
            or "name the file with its authority's certificate: `cert` in pip.conf, or SSL_CERT_FILE; "
            "to trust what this machine trusts: UV_SYSTEM_CERTS=1",
        )


class FetchFailed(IndexUnreachable):
    """A locked file could not be fetched."""

    def __init__(self, distribution: str, said: str, hint: str | None = None) -> None:
        super().__init__(f"{distribution} could not be fetched", said, hint)
        self.distribution = distribution


class HashMismatch(LockError):
    """A fetched file is not the one that was locked. It was thrown away."""

    exit_code = 27

    def __init__(
        self, filename: str, expected: str, actual: str | None, hint: str | None = None
    ) -> None:
        got = f", got {actual}" if actual else ""
        super().__init__(
            f"{filename}: the file is not what the lock says: sha256 {expected} expected{got}",
            hint
            or "someone changed the file on the index: find out who, or `ops0 lock --upgrade` it",
        )
        self.filename, self.expected, self.actual = filename, expected, actual


class RebuildDiffers(HashMismatch):
    """The locked source archive was built here, and gave other bytes than where the lock was made."""

    def __init__(self, filename: str, expected: str, actual: str) -> None:
        super().__init__(
            filename,
            expected,
            actual,
            "its build is not reproducible here: copy the wheel from the machine that locked, "
            "publish it on your index, or lock again on this machine with `ops0 lock --upgrade`",
        )


class ResolverFailed(LockError):
    """uv failed for a reason of its own."""

    exit_code = 29

    def __init__(self, fact: str, said: str) -> None:
        super().__init__(f"{fact}\n{said}".rstrip(), "check your uv and pip settings")
        self.said = said


class PipFailed(ResolverFailed):
    """pip cannot tell its settings. Without them private names would be asked of the public index."""

    def __init__(self, said: str) -> None:
        super().__init__("pip cannot tell its settings", said)
        self.hint = "fix what it names; `pip config debug` lists the files that it reads"
