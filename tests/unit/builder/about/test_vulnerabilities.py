"""Advisories against distributions, as OSV's schema evaluates them, and files that are refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0_builder.about import advisories
from ops0_builder.about.advisories import BadAdvisory, parse_advisory, read_advisories
from ops0_builder.about.contents import Distribution
from ops0_builder.about.vulnerabilities import at_least, find


def document(name: str = "Some.Thing", *events: dict[str, str], **more: Any) -> dict[str, Any]:
    affected: dict[str, Any] = {
        "package": {"ecosystem": "PyPI", "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
    }
    affected["versions"] = more.pop("versions", [])
    return {"id": "X-1", "summary": "bad\x1b[31m thing", "affected": [affected], **more}


def hit(version: str, told: dict[str, Any], name: str = "some-thing") -> bool:
    advisory = parse_advisory(json.dumps(told).encode(), "x.json")
    return advisory is not None and bool(
        find([advisory], [Distribution(name=name, version=version)])
    )


ZERO, FIXED = {"introduced": "0"}, {"fixed": "2.0"}


@pytest.mark.parametrize(
    ("version", "events", "affected"),
    [
        ("1.9", (ZERO, FIXED), True),
        ("2.0", (ZERO, FIXED), False),
        ("2.0rc1", (ZERO, FIXED), True),
        ("0.dev0", (ZERO, FIXED), True),
        ("2.0.post1", (ZERO, FIXED), False),
        ("1.10", ({"introduced": "1.9"}, FIXED), True),
        ("1.8", ({"introduced": "1.9"}, FIXED), False),
        ("2.0", (ZERO, {"last_affected": "2.0"}), True),
        ("2.0.1", (ZERO, {"last_affected": "2.0"}), False),
        ("3.1", (ZERO, FIXED, {"introduced": "3.0"}, {"fixed": "3.2"}), True),
        ("2.5", ({"fixed": "3.2"}, {"introduced": "3.0"}, FIXED, ZERO), False),
        ("9", (ZERO,), True),
        ("9", (), False),
        ("9", ({"introduced": "what"},), True),
        ("no version", (), True),
    ],
)
def test_ranges(version: str, events: tuple[dict[str, str], ...], affected: bool) -> None:
    assert hit(version, document("Some.Thing", *events)) is affected


def test_listed_versions_names_and_what_is_withdrawn() -> None:
    assert hit("1.0.0", document(versions=["1.0"]))
    assert not hit("1.1", document(versions=["1.0"]))
    assert not hit("1.0", document(versions=["1.0"], withdrawn="2025-01-01T00:00:00Z"))
    assert not hit("1.0", document("other", ZERO))
    foreign = document("some-thing", ZERO)
    foreign["affected"][0]["package"]["ecosystem"] = "npm"
    assert not hit("1.0", foreign)
    git = document("some-thing", ZERO)
    git["affected"][0]["ranges"][0]["type"] = "GIT"
    assert not hit("1.0", git)


def test_severity_and_what_a_finding_says() -> None:
    told = [
        document("a", ZERO, FIXED, id=f"X-{number}", database_specific=specific)
        for number, specific in enumerate(({"severity": "MODERATE"}, {"severity": "CRITICAL"}, {}))
    ]
    read = [parse_advisory(json.dumps(one).encode(), "x") for one in told]
    findings = find([one for one in read if one], [Distribution(name="a", version="1")])
    assert [one.severity for one in findings] == ["medium", "critical", ""]
    assert findings[0].fixed == ("2.0",)
    assert findings[0].summary == "bad [31m thing", "no control characters of strangers"
    assert [one.id for one in at_least(findings, "high")] == ["X-1", "X-2"]
    assert len(at_least(findings, "any")) == 3


def test_vectors_count_where_the_database_says_no_word() -> None:
    critical = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
    low = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:P/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"}

    def severity(**more: object) -> str:
        read = parse_advisory(json.dumps(document("a", ZERO, FIXED, **more)).encode(), "x")
        assert read is not None
        return read.severity

    assert severity(severity=[low]) == "low"
    assert severity(severity=[low, critical]) == "critical"
    assert severity(severity=[critical], database_specific={"severity": "LOW"}) == "low"
    of_one = document("a", ZERO, FIXED)["affected"]
    of_one[0]["severity"] = [critical]
    assert severity(affected=of_one) == "critical"
    for odd in ([], None, [{"type": "CVSS_V3", "score": "high"}]):
        assert severity(severity=odd) == ""


def test_a_folder_and_a_zip_say_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "osv"
    folder.mkdir()
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for number in range(3):
            data = json.dumps(document("a", ZERO, id=f"X-{number}"))
            (folder / f"{number}.json").write_text(data)
            archive.writestr(f"{number}.json", data)
    assert list(read_advisories(folder)) == list(read_advisories(tmp_path / "all.zip"))
    assert len(list(read_advisories(folder))) == 3


def test_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    no_zip = tmp_path / "x.zip"
    no_zip.write_bytes(b"PK\x03\x04 no zip")
    bomb = tmp_path / "bomb.zip"
    monkeypatch.setattr(advisories, "MOST_BYTES", 1 << 20)
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.json", b" " * (2 << 20))
    for path in (empty, no_zip, bomb):
        with pytest.raises(BadAdvisory):
            list(read_advisories(path))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"1", b"[" * 100_000, b'{"affected": 3}', b'{"affected": [3]}', b"\xff"]
)
def test_no_advisory(data: bytes) -> None:
    with pytest.raises(BadAdvisory, match=r"x\.json: it is no advisory"):
        parse_advisory(data, "x.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "affected", "package", "ranges", "events", "type", "ecosystem"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_read_or_refused(told: Any) -> None:
    try:
        advisory = parse_advisory(json.dumps(told).encode(), "x.json")
    except BadAdvisory:
        return
    assert advisory is None or advisory.affected


def found(held: tuple[str, ...], *told: dict[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    parsed = [parse_advisory(json.dumps(one).encode(), "x.json") for one in told]
    held_ones = [Distribution(name=name, version="1.0") for name in held]
    findings = find([one for one in parsed if one is not None], held_ones)
    return [(one.id, one.severity, one.aliases) for one in findings]


def named(id_: str, *aliases: str, name: str = "a", severity: str = "") -> dict[str, Any]:
    stated = {"severity": severity}
    return {**document(name, ZERO), "id": id_, "aliases": aliases, "database_specific": stated}


def test_one_vulnerability_of_two_databases_has_the_severity_that_one_of_them_states() -> None:
    unrated = named("PYSEC-1", "CVE-1")
    rated = named("GHSA-1", "CVE-1", severity="MODERATE")
    told = [("GHSA-1", "medium", ("CVE-1", "PYSEC-1"))]
    assert found(("a",), unrated, rated) == found(("a",), rated, unrated) == told
    parsed = [parse_advisory(json.dumps(one).encode(), "x.json") for one in (unrated, rated)]
    findings = find([one for one in parsed if one], [Distribution(name="a", version="1.0")])
    assert at_least(findings, "high") == ()
    assert len(at_least(findings, "medium")) == 1


def test_names_join_more_than_two_and_the_worst_severity_counts() -> None:
    low, link = named("A", "CVE-1", severity="LOW"), named("B", "CVE-1", "CVE-2")
    high = named("C", "CVE-2", severity="HIGH")
    assert found(("a",), low, high, link) == [("C", "high", ("A", "B", "CVE-1", "CVE-2"))]


def test_what_shares_no_name_or_is_in_another_distribution_stays_apart() -> None:
    one, other = named("A", "CVE-1", severity="LOW"), named("B", "CVE-2")
    assert found(("a",), one, other) == [("A", "low", ("CVE-1",)), ("B", "", ("CVE-2",))]
    fork = named("B", "CVE-1", name="b")
    assert found(("a", "b"), one, fork) == [("A", "low", ("CVE-1",)), ("B", "", ("CVE-1",))]
