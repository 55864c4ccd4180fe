from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ops0.core.locked import Target
from ops0.host.process import Completed, ProgramMissing, ProgramTimeout
from ops0_builder.lock.errors import (
    IndexRefuses,
    IndexUnreachable,
    IndexUntrusted,
    ResolverFailed,
)
from ops0_builder.lock.uv_program import (
    Unsatisfiable,
    Uv,
    explanation,
    program_environment,
    target_options,
)


class FakeRun:
    """Answers every program the same way and keeps what was asked."""

    def __init__(self, code=0, out="", err="", fault=None):
        self.done = (code, out, err)
        self.fault = fault
        self.calls = []

    def __call__(self, argv, *, cwd=None, env=None, send=b"", timeout=None, stop=None):
        self.calls.append((tuple(argv), cwd, dict(env or {}), send))
        self.asked = Path(argv[3]).read_text()
        if self.fault is not None:
            raise self.fault
        code, out, err = self.done
        return Completed(argv=tuple(argv), code=code, out=out, err=err)


def an_uv(run, configuration=""):
    return Uv(
        program="/uv",
        folder=Path("/project"),
        environment={"UV_DEFAULT_INDEX": "https://u:secret@x.example/simple"},
        configuration=configuration,
        options=("--no-build",),
        run=run,
    )


TARGET = Target(python="3.11", platform="linux/amd64", glibc=(2, 36))


def test_requirements_go_in_a_file_and_credentials_over_the_environment():
    run = FakeRun(out="a==1")
    assert an_uv(run).compile(["a", "b>1"], TARGET, ("--no-deps",)) == "a==1"
    argv, cwd, env, send = run.calls[0]
    assert argv == (
        *("/uv", "pip", "compile", argv[3], "--quiet", "--no-header", "--no-build", "--no-deps"),
        *("--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_36"),
        *("--python", sys.executable),
    )
    assert (cwd, run.asked, send) == (Path("/project"), "a\nb>1\n", b"")
    assert not Path(argv[3]).exists()
    assert "secret" in env["UV_DEFAULT_INDEX"]
    assert (env["UV_NO_CONFIG"], "UV_CONFIG_FILE" in env) == ("1", False)


def test_the_configuration_goes_through_a_pipe():
    run = FakeRun(out="a==1")
    uv = an_uv(run, 'index-url = "https://u:secret@y.example"\n')
    uv.compile(["a"], TARGET)
    argv, _, env, send = run.calls[0]
    assert send == b'index-url = "https://u:secret@y.example"\n'
    assert (env["UV_CONFIG_FILE"], "UV_NO_CONFIG" in env) == ("/dev/stdin", False)
    assert "secret" not in f"{argv}{uv!r}"


@pytest.mark.parametrize(
    ("platform", "glibc", "option"),
    [
        ("linux/amd64", (2, 17), "x86_64-manylinux_2_17"),
        ("linux/amd64", (2, 5), "x86_64-manylinux_2_17"),
        ("linux/amd64", (2, 30), "x86_64-manylinux_2_28"),
        ("linux/amd64", (2, 40), "x86_64-manylinux_2_40"),
        ("linux/amd64", (2, 42), "x86_64-manylinux_2_40"),
        ("linux/arm64/v8", (2, 36), "aarch64-manylinux_2_36"),
    ],
)
def test_a_target_becomes_the_next_lower_one_that_uv_knows(platform, glibc, option):
    target = Target(python="3.12", platform=platform, glibc=glibc)
    assert target_options(target) == ("--python-version", "3.12", "--python-platform", option)


def test_no_solution_is_told_from_no_index_and_from_no_uv():
    said = "error: No solution\n  cause: Because https://u:secret@x.example has no a\n"
    with pytest.raises(Unsatisfiable) as caught:
        an_uv(FakeRun(code=1, err=said)).compile(["a"], TARGET)
    assert caught.value.said == "  No solution\n  Because https://****@x.example has no a"
    with pytest.raises(IndexUnreachable):
        an_uv(FakeRun(code=2, err="error: Failed to fetch: x")).compile(["a"], TARGET)
    with pytest.raises(ResolverFailed):
        an_uv(FakeRun(code=2, err="error: invalid value")).compile(["a"], TARGET)
    with pytest.raises(ResolverFailed):
        an_uv(FakeRun(fault=ProgramMissing("/uv"))).compile(["a"], TARGET)
    with pytest.raises(ResolverFailed):
        an_uv(FakeRun(fault=ProgramTimeout(("/uv",), 3))).compile(["a"], TARGET)


REFUSED = """\
error: No solution found when resolving dependencies
  Because aa was not found in the package registry, your requirements are unsatisfiable.

  hint: An index URL (https://x.example/simple/) could not be queried (401 Unauthorized)
"""
UNTRUSTED = """\
error: Failed to fetch: https://x.example/simple/aa/
  cause: invalid peer certificate: UnknownIssuer
  hint: Consider enabling use of system TLS certificates with the `--system-certs` command-line flag
"""


def test_an_index_that_refuses_is_told_before_what_is_missing_then():
    with pytest.raises(IndexRefuses) as caught:
        an_uv(FakeRun(code=1, err=REFUSED)).compile(["aa"], TARGET)
    assert caught.value.said.splitlines() == [
        "  An index URL (https://x.example/simple/) could not be queried (401 Unauthorized)",
        "  Because aa was not found in the package registry, your requirements are unsatisfiable.",
    ]
    assert "password" in str(caught.value.hint)


def test_a_certificate_that_nobody_vouches_for_is_told_with_our_own_options():
    with pytest.raises(IndexUntrusted) as caught:
        an_uv(FakeRun(code=2, err=UNTRUSTED)).compile(["aa"], TARGET)
    assert "UnknownIssuer" in caught.value.said
    assert "--system-certs" not in str(caught.value)
    assert "SSL_CERT_FILE" in str(caught.value.hint)


def test_an_explanation_is_short():
    text = explanation("warning: x\n\n" + "".join(f"line {n} {'y' * 5000}\n" for n in range(99)))
    assert len(text.splitlines()) == 12
    assert max(map(len, text.splitlines())) == 1002
    assert "warning" not in text


def test_the_environment_is_the_users_but_for_what_would_change_the_result():
    environment = {"HOME": "/h", "PYTHONPATH": "/x", "PIP_CONSTRAINT": "c", "LC_ALL": "de_DE"}
    environment |= {
        "UV_CONFIG_FILE": "x",
        "UV_NO_CONFIG": "1",
        "UV_PROJECT": "x",
        "UV_WORKING_DIR": "x",
    }
    assert program_environment(environment, {"UV_INDEX": "i", "LC_ALL": "fr"}) == {
        "HOME": "/h",
        "UV_INDEX": "i",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
    }


def test_what_was_yanked_and_an_extra_that_is_not_there_are_told() -> None:
    told: list[str] = []
    said = (
        'Resolved 2 packages in 6ms\nwarning: `a==2` is yanked (reason: "broken\nwheel")\n'
        "warning: The package `b==1` does not have an extra named `x`\nwarning: another thing\n"
    )

    def run(argv: tuple[str, ...], **_: object) -> Completed:
        err = "" if "--quiet" in argv else said
        return Completed(argv=argv, code=0, out="", err=err)

    uv = Uv(program="/uv", folder=Path("/"), environment={}, run=run, warn=told.append)
    uv.compile(["a"], None)
    assert told == []
    uv.compile(["a"], None, warned=True)
    assert told == [
        '`a==2` is yanked (reason: "broken',
        "The package `b==1` does not have an extra named `x`",
    ]


def test_an_index_that_cannot_be_read_has_not_said_that_there_is_nothing(tmp_path: Path) -> None:
    said = "error: Received some unexpected JSON from `http://u:p@x/simple/a/`\n  cause: EOF"

    def run(argv: tuple[str, ...], **_: object) -> Completed:
        return Completed(argv=argv, code=1, out="", err=said)

    uv = Uv(program="/uv", folder=tmp_path, environment={}, run=run)
    with pytest.raises(IndexUnreachable, match="as no index does") as caught:
        uv.compile(["a"], None)
    assert "****@x" in caught.value.said
