from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from locking import a_wheel

from ops0.core.digest import sha256
from ops0.core.errors import ErrorGroup
from ops0.core.locked import Target
from ops0.host.disk import DiskFull
from ops0.host.process import Completed, ProgramTimeout
from ops0_builder.lock import pip_words
from ops0_builder.lock.errors import BrokenWheel, FetchFailed, HashMismatch
from ops0_builder.lock.fetch import Pip, Wanted, fetch
from ops0_builder.lock.index_settings import IndexSettings, pages_with_login
from ops0_builder.lock.place_errors import SourceBuildFailed
from ops0_builder.lock.wheelhouse import Wheelhouse

TARGET = Target(python="3.11", platform="linux/amd64", glibc=(2, 18))

RETRIES = [f"WARNING: Retrying (Retry(total={left})) after 'reset'" for left in (2, 1, 0)]
PAGE = """\
Could not fetch URL https://u:secret@x.example/pip/a/: 403 Client Error: Forbidden - skipping
"""


class FakePip:
    """Plays ``pip download`` over files by distribution; ``fails`` names those that do not come."""

    def __init__(self, files, fails=()):
        self.files = files
        self.fails = set(fails)
        self.calls = []

    def __call__(self, argv, *, cwd=None, env=None, send=b"", timeout=None, stop=None):
        lines = Path(argv[argv.index("--requirement") + 1]).read_text().splitlines()
        self.calls.append((tuple(argv), tuple(lines)))
        folder = Path(argv[argv.index("--dest") + 1])
        for line in lines:
            name = line.split("==")[0]
            filename, data = self.files[name]
            if name in self.fails:
                said = "\n".join([*RETRIES, "ERROR: https://u:secret@x.example: 503"])
                page = PAGE if "-vv" in argv else ""
                return Completed(argv=tuple(argv), code=1, out=page, err=said)
            if "--hash" in line and sha256(data) not in line:
                return Completed(argv=tuple(argv), code=1, out="", err="HASHES DO NOT MATCH")
            (folder / filename).write_bytes(data)
        return Completed(argv=tuple(argv), code=0, out="", err="")


def wanted(name, data=None, *, size=1, target=TARGET, version="1.0", is_sdist=False):
    ending = ".tar.gz" if is_sdist else "-py3-none-any.whl"
    return Wanted(
        name=name,
        version=version,
        sha256=None if data is None else sha256(data),
        size=size,
        target=target,
        filename=f"{name}-{version}{ending}",
        is_sdist=is_sdist,
    )


@pytest.fixture
def house(tmp_path):
    return Wheelhouse(tmp_path / "wheels")


def data(name, version="1.0"):
    return a_wheel(name, version)[1]


def offered(*names):
    return {name: a_wheel(name) for name in names}


def test_what_pip_is_asked(house):
    run = FakePip(offered("a"))
    files = fetch([wanted("a", data("a"))], house, Pip(environment={}, run=run, program=("pip",)))
    assert [file.sha256 for file in files.values()] == [sha256(data("a"))]
    argv, lines = run.calls[0]
    assert lines == (f"a==1.0 --hash=sha256:{sha256(data('a'))}",)
    start = ("pip", "download", "--no-deps", "--pre", "--progress-bar", "off", "--dest")
    assert argv[: len(start)] == start
    rest = argv[len(start) + 1 : -2]
    assert rest[:8] == (
        *("--require-hashes", "--only-binary", ":all:", "--python-version", "3.11"),
        *("--implementation", "cp", "--platform"),
    )
    platforms = [rest[at + 1] for at, word in enumerate(rest) if word == "--platform"]
    assert platforms[:3] == [
        "manylinux_2_18_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
    ]
    abis = [rest[at + 1] for at, word in enumerate(rest) if word == "--abi"]
    assert abis == ["cp311", "abi3", "none"]


def test_files_are_spread_over_three_processes_by_weight(house):
    names = [f"p{n}" for n in range(6)]
    run = FakePip(offered(*names))
    sizes = [100, 60, 50, 45, 5, 4]
    batch = [wanted(name, data(name), size=size) for name, size in zip(names, sizes, strict=True)]
    fetch(batch, house, Pip(environment={}, run=run))
    groups = {frozenset(line.split("==")[0] for line in lines) for _, lines in run.calls}
    assert groups == {frozenset({"p0"}), frozenset({"p1", "p4", "p5"}), frozenset({"p2", "p3"})}


def test_targets_trust_and_sdists_are_not_mixed(house):
    run = FakePip({**offered("a", "b", "c"), "d": ("d-1.0.tar.gz", b"d")})
    other = Target(python="3.12")
    batch = [
        wanted("a", data("a")),
        wanted("b", None),
        wanted("c", data("c"), target=other),
        wanted("d", b"d", is_sdist=True),
    ]
    assert len(fetch(batch, house, Pip(environment={}, run=run))) == 4
    by_name = {lines[0].split("==")[0]: argv for argv, lines in run.calls}
    assert set(by_name) == {"a", "b", "c", "d"}
    assert "--require-hashes" not in by_name["b"]
    assert "3.12" in by_name["c"]
    assert "--no-binary" in by_name["d"]
    assert "--platform" not in by_name["d"]


def test_two_versions_of_a_name_are_two_calls(house):
    def run(argv, **options):  # the two calls run side by side: each has files of its own
        lines = Path(argv[argv.index("--requirement") + 1]).read_text().splitlines()
        assert len(lines) == 1
        version = lines[0].split("==")[1].split()[0]
        files = {"a": a_wheel("a", version)}
        return FakePip(files)(argv, **options)

    batch = [
        wanted("a", data("a", "1.0")),
        wanted("a", data("a", "2.0"), version="2.0"),
    ]
    assert len(fetch(batch, house, Pip(environment={}, run=run))) == 2


def test_each_fault_names_its_distribution_and_the_rest_is_kept(house):
    run = FakePip(offered("a", "b", "c"), fails=["b", "c"])
    with pytest.raises(ErrorGroup) as caught:
        fetch([wanted(name, data(name)) for name in "abc"], house, Pip(environment={}, run=run))
    assert sorted(fault.distribution for fault in caught.value.errors) == ["b 1.0", "c 1.0"]
    assert all(isinstance(fault, FetchFailed) for fault in caught.value.errors)
    assert "secret" not in str(caught.value)
    assert [path.name for path in house.folder.rglob("*.whl")] == ["a-1.0-py3-none-any.whl"]


def test_a_full_disk_is_no_failing_index_and_nothing_is_asked_again(house):
    calls = []

    def full(argv, **_):
        calls.append(argv)
        said = "OSError: [Errno 28] No space left on device: 'a' -> 'b'"
        return Completed(argv=tuple(argv), code=2, out="", err=said)

    files = [wanted(name, b"x", size=30_000_000) for name in ("aa", "bb")]
    with pytest.raises(DiskFull, match=r"no room for 30\.0 MB of wheels"):
        fetch(files, house, Pip(environment={}, run=full))
    assert len(calls) <= 2


def test_another_file_under_the_name_is_thrown_away(house):
    run = FakePip({"a": ("a-1.0-py3-none-any.whl", b"evil")})
    with pytest.raises(HashMismatch) as caught:
        fetch([wanted("a", b"good")], house, Pip(environment={}, run=run))
    assert caught.value.expected == sha256(b"good")
    assert caught.value.actual == sha256(b"evil")
    assert list(house.folder.rglob("*.whl")) == []


def test_ops0_checks_the_hash_even_if_pip_does_not(house):
    def careless(argv, **options):
        folder = Path(argv[argv.index("--dest") + 1])
        (folder / "a-1.0-py3-none-any.whl").write_bytes(b"evil")
        return Completed(argv=tuple(argv), code=0, out="", err="")

    with pytest.raises(HashMismatch):
        fetch([wanted("a", b"good")], house, Pip(environment={}, run=careless))
    assert list(house.folder.rglob("*.whl")) == []


def test_another_file_name_is_not_taken(house):
    run = FakePip({"a": ("a-1.0-py2-none-any.whl", b"a")})
    with pytest.raises(FetchFailed, match="py2-none-any"):
        fetch([wanted("a", b"a")], house, Pip(environment={}, run=run))


def test_a_pip_that_does_not_end_is_a_failed_fetch(house):
    def hangs(argv, **options):
        raise ProgramTimeout(tuple(argv), 3)

    with pytest.raises(FetchFailed, match="did not end"):
        fetch([wanted("a", b"a")], house, Pip(environment={}, run=hangs))


def test_nothing_to_fetch_starts_nothing(house):
    assert fetch([], house, Pip(environment={}, run=FakePip({}))) == {}


def test_a_file_that_does_not_come_is_told_with_the_page_that_pip_passed_over(house):
    run = FakePip(offered("a"), fails=["a"])
    with pytest.raises(FetchFailed) as caught:
        fetch([wanted("a", b"a")], house, Pip(environment={}, run=run, program=("pip",)))
    assert caught.value.said.splitlines() == [
        "  https://****@x.example/pip/a/: 403 Client Error: Forbidden",
        "  WARNING: Retrying (Retry(total=0)) after 'reset'",
        "  ERROR: https://****@x.example: 503",
    ]


def test_pip_is_sent_straight_to_a_file_unless_it_has_the_login_from_a_page_of_links():
    of_pip = IndexSettings(find_links=("https://u:p@links.example:8/x", "https://open.example/x"))
    pip = Pip(environment={}, pages=pages_with_login(IndexSettings(), of_pip))
    assert pip.direct("https://links.example:8/a.whl") is None
    assert pip.direct("https://open.example/a.whl") == "https://open.example/a.whl"


def test_a_file_whose_address_is_known_is_asked_for_by_it():
    url = "https://x.example/a-1.0-py3-none-any.whl"
    assert replace(wanted("a"), url=url).line == f"a @ {url}"
    assert (replace(wanted("a", b"a"), url=url).line.split()[:3], wanted("a").line) == (
        ["a", "@", url],
        "a==1.0",
    )


def test_a_broken_wheel_is_thrown_away(house):
    broken = b"no archive"
    run = FakePip({"a": ("a-1.0-py3-none-any.whl", broken)})
    with pytest.raises(BrokenWheel, match="cannot be read") as caught:
        fetch([wanted("a", broken)], house, Pip(environment={}, run=run))
    assert (caught.value.filename, caught.value.exit_code) == ("a-1.0-py3-none-any.whl", 25)
    assert list(house.folder.rglob("*.whl")) == []


@pytest.mark.parametrize("is_sdist", [False, True])
def test_a_file_that_pip_does_not_take_is_no_fault_of_the_network(house, is_sdist):
    line = "Discarding https://x/a: Requested a==1.0 has inconsistent version: expected '1.0', but metadata has '2'"

    def refuses(argv, **options):
        said = line if "-vv" in argv else ""
        return Completed(argv=tuple(argv), code=1, out=said, err="ERROR: No matching distribution")

    with pytest.raises(SourceBuildFailed if is_sdist else BrokenWheel) as caught:
        fetch([wanted("a", b"a", is_sdist=is_sdist)], house, Pip(environment={}, run=refuses))
    assert "it has inconsistent version: expected '1.0'" in str(caught.value)
    assert "network" not in str(caught.value.hint)


def test_bytes_that_pip_throws_away_by_their_hash_are_another_file(house):
    """Also where the index's own page says the locked hash, so that pip never hands the file over."""
    said = f"ERROR: THESE PACKAGES DO NOT MATCH\n  Expected sha256 {'0' * 64}\n     Got        {'1' * 64}"

    def refuses(argv, **options):
        return Completed(argv=tuple(argv), code=1, out="", err=said)

    with pytest.raises(HashMismatch) as caught:
        fetch([wanted("a", b"a")], house, Pip(environment={}, run=refuses))
    assert (caught.value.expected, caught.value.actual) == ("0" * 64, "1" * 64)
    assert "broken off" in str(caught.value.hint)


def test_an_index_by_plain_http_is_to_be_trusted_by_name(house):
    said = "WARNING: The repository located at x.test is not a trusted or secure host and is being ignored."

    def ignores(argv, **options):
        return Completed(argv=tuple(argv), code=1, out="", err=f"{said}\nERROR: No matching")

    with pytest.raises(FetchFailed, match="not a trusted") as caught:
        fetch([wanted("a", b"a")], house, Pip(environment={}, run=ignores))
    assert "trusted-host" in str(caught.value.hint)


def test_of_pip_s_own_traceback_only_its_end_is_told():
    """It prints one where the host of a direct address is not known."""
    frames = '  File "/x/pip/_vendor/requests/adapters.py", line 519, in send\n    raise ConnectionError(e)\n'
    end = "pip._vendor.requests.exceptions.ConnectionError: Name or service not known"
    done = Completed(argv=(), code=2, out="", err=f"ERROR: Exception:\n{frames}{end}\n")
    assert pip_words.last_words(done, 6) == f"  {end}"
    plain = Completed(argv=(), code=1, out="", err="ERROR: one\nERROR: two\n")
    assert pip_words.last_words(plain, 6) == "  ERROR: one\n  ERROR: two"
