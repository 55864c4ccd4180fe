from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from ops0_builder.planning.alternatives import Alternative, asked_by_java, asked_by_script, links_of
from ops0_builder.planning.debian import link_alternatives, packed

SCRIPT = """#!/bin/sh
set -e
if [ "$1" = "configure" ]; then
    update-alternatives --quiet \\
        --install /usr/bin/nc nc /bin/nc.traditional 10 \\
        --slave /bin/netcat netcat /bin/nc.traditional \\
        #--slave /usr/share/man/man1/nc.1.gz nc.1.gz /usr/share/man/man1/nc.traditional.1.gz
    for tool in a b; do
        update-alternatives --install /usr/bin/$tool $tool /usr/lib/$tool 10
    done
    update-alternatives --remove-all old
    [ -z "$(update-alternatives --list nc)" ] || true
fi
"""

JINFO = """name=java-17
alias=java-1.17.0
priority=1711
section=main

hl java /usr/lib/jvm/java-17/bin/java
jdkhl javac /usr/lib/jvm/java-17/bin/javac
plugin mozilla-javaplugin.so /usr/lib/mozilla/plugins/x.so /usr/lib/jvm/java-17/x.so
"""


def one(name: str, path: str, priority: int = 10) -> Alternative:
    return Alternative(link=f"/usr/bin/{name}", name=name, path=path, priority=priority)


def test_a_script_is_read_not_run() -> None:
    assert list(asked_by_script(SCRIPT)) == [
        Alternative(
            link="/usr/bin/nc",
            name="nc",
            path="/bin/nc.traditional",
            priority=10,
            followers=(("/bin/netcat", "netcat", "/bin/nc.traditional"),),
        )
    ]


@pytest.mark.parametrize(
    "line",
    [
        "update-alternatives --install /usr/bin/x x",
        "update-alternatives --install /usr/bin/x x '/usr/bin/y 10",
        "update-alternatives --install /usr/bin/x x /usr/bin/y high",
        "update-alternatives --install /usr/bin/x x `which y` 10",
        "echo run update-alternatives",
    ],
)
def test_what_cannot_be_read_is_passed_over(line: str) -> None:
    assert list(asked_by_script(line)) == []


def test_a_java_lists_its_programs() -> None:
    assert [(found.link, found.path, found.priority) for found in asked_by_java(JINFO)] == [
        ("/usr/bin/java", "/usr/lib/jvm/java-17/bin/java", 1711),
        ("/usr/bin/javac", "/usr/lib/jvm/java-17/bin/javac", 1711),
    ]
    assert list(asked_by_java("hl java /usr/bin/j\n")) == []


def test_the_highest_priority_wins_whoever_comes_first() -> None:
    low, high = one("java", "/jvm/11/java", 1111), one("java", "/jvm/17/java", 1711)
    there = {low.path, high.path}.__contains__
    wanted = {"/etc/alternatives/java": "/jvm/17/java", "/usr/bin/java": "/etc/alternatives/java"}
    assert links_of((low, high), there) == links_of((high, low), there) == wanted
    assert links_of((low, high), {low.path}.__contains__)["/etc/alternatives/java"] == low.path


def test_no_link_points_at_nothing_or_takes_a_files_place() -> None:
    assert links_of((one("x", "/usr/bin/y"),), lambda path: False) == {}
    assert links_of((one("x", "/usr/bin/y"),), lambda path: True) == {}


@pytest.mark.parametrize(
    ("link", "name", "path"),
    [
        ("usr/bin/x", "x", "/usr/bin/y"),
        ("/usr/../../x", "x", "/usr/bin/y"),
        ("/usr/bin/x", "../x", "/usr/bin/y"),
        ("/usr/bin/x", "..", "/usr/bin/y"),
        ("/usr/bin/x", "x", "/../y"),
    ],
)
def test_no_link_leaves_the_tree(link: str, name: str, path: str) -> None:
    asked = Alternative(link=link, name=name, path=path, priority=1)
    assert links_of((asked,), {path}.__contains__) == {}


def test_the_links_are_in_the_layer_and_nothing_left_out_is_linked(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name in ("bin/nc.traditional", "usr/share/man/man1/nc.traditional.1.gz"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("x")
    link_alternatives(tree, asked_by_script(SCRIPT.replace("#--slave", "--slave")))
    with tarfile.open(fileobj=io.BytesIO(packed(tree))) as archive:
        links = {one.name: one.linkname for one in archive if one.issym()}
    assert links == {
        "bin/netcat": "/etc/alternatives/netcat",
        "etc/alternatives/nc": "/bin/nc.traditional",
        "etc/alternatives/netcat": "/bin/nc.traditional",
        "usr/bin/nc": "/etc/alternatives/nc",
    }
