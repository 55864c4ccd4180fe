"""Settings files: what is read, what is refused and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.configuration.settings import Settings, UnknownSetting, parse_settings
from ops0.core.errors import ErrorGroup, Ops0Error
from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.step_options import Alert
from ops0.core.toml_text import BadSetting, UnreadableSettings

WHOLE = """\
# requires and apt are read below
pipeline = "flows/train.py:training"
python = "3.12"
base = "python:3.12-slim"
platform = "linux/arm64"
requires = [
    "numpy>=1.26",
]
apt = ["libgomp1"]
name = "churn"
lock = "locks"
runtime = "runsc"
log_limit = "1GiB"

[imports]
acme = "acme-lib>=2"
"acme.deep" = "acme-deep"

[[rules]]
id = "acme-store"
why = "acme stores frames with pyarrow"
uses = ["acme.store"]
needs = ["pyarrow"]
"""


def at(line: int) -> Where:
    return Where("ops0.toml", line)


def test_everything_is_read_with_its_place() -> None:
    settings = parse_settings(WHOLE.encode(), "ops0.toml")
    assert settings is not None
    assert settings.rules[0].uses == ("acme.store",)
    assert settings == Settings(
        path="ops0.toml",
        pipeline="flows/train.py:training",
        python="3.12",
        base="python:3.12-slim",
        platform=("linux/arm64",),
        requires=(Declaration("numpy>=1.26", at(7)),),
        apt=(Declaration("libgomp1", at(9)),),
        name="churn",
        lock="locks",
        imports={
            "acme": Declaration("acme-lib>=2", at(16)),
            "acme.deep": Declaration("acme-deep", at(17)),
        },
        rules=settings.rules,
        runtime="runsc",
        log_limit=2**30,
    )


def test_platforms_are_one_or_a_list() -> None:
    def platforms(text: str) -> tuple[str, ...]:
        settings = parse_settings(f"platform = {text}\n".encode(), "ops0.toml")
        assert settings is not None
        return settings.platform

    assert platforms('"linux/arm64"') == ("linux/arm64",)
    both = ("linux/arm64", "linux/amd64")
    assert platforms('["linux/arm64", "linux/amd64", "linux/arm64"]') == both
    for bad in ("[]", '["windows/amd64"]', "[1]", '""'):
        with pytest.raises(BadSetting):
            platforms(bad)


def test_a_pyproject_holds_them_under_tool_ops0() -> None:
    text = b'[project]\nname = "x"\n[tool.ops0]\npython = "3.11"\n'
    assert parse_settings(text, "pyproject.toml") == Settings(path="pyproject.toml", python="3.11")
    assert parse_settings(b'[project]\nname = "x"\n', "pyproject.toml") is None
    assert parse_settings(b'tool = "ops0"\n', "pyproject.toml") is None
    assert parse_settings(b"", "ops0.toml") == Settings(path="ops0.toml")


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('\npython = "2.7"', "python", 2),
        ("python = 3.11", "python", 1),
        ('base = "a b"', "base", 1),
        ('runtime = "a b"', "runtime", 1),
        ('\nlog_limit = "4g"', "log_limit", 2),
        ("log_limit = -1", "log_limit", 1),
        ("log_limit = true", "log_limit", 1),
        ('base = "python\\nRUN x"', "base", 1),
        ('platform = "windows/amd64"', "platform", 1),
        ('pipeline = "../flow.py"', "pipeline", 1),
        ('pipeline = "/flow.py"', "pipeline", 1),
        ('lock = ""', "lock", 1),
        ('requires = "pandas"', "requires", 1),
        ('requires = [\n  "pandas",\n  "not a requirement",\n]', "requires", 3),
        ("requires = [1]", "requires", 1),
        ('apt = ["libgomp1; rm -rf /"]', "apt", 1),
        ('apt = ["LibGomp"]', "apt", 1),
        ('imports = ["acme"]', "imports", 1),
        ("[imports]\nacme = 1", "imports", 1),
        ('[imports]\n"a-b" = "acme"', "imports", 2),
        ('[imports]\nacme.deep = "acme"', "imports", 2),
        ('[imports]\nacme = "acme >"', "imports", 2),
        ('name = "Churn 2"', "name", 1),
        ("rules = 1", "rules", 1),
        ("on_failure = 1", "on_failure", 1),
        ("[on_failure]\nslack = 1", "on_failure", 2),
        ('[on_failure.pager]\nto = "a"', "on_failure", 1),
        ('[on_failure.slack]\nchanel = "#a"', "on_failure", 2),
        ('[on_failure.slack]\nchannel = "#a"\ntoken = "xoxb-1"', "on_failure", 1),
        ('[[rules]]\nid = "x"', "rules", 2),
        (
            '[[rules]]\nid = "a"\nuses = "a.b"\nneeds = "c"\n[[rules]]\nid = "a"\nuses = "d.e"\nneeds = "f"',
            "rules",
            2,
        ),
        ('[[rules]]\nid = "x"\nuses = "a.b"\nneeds = "c"\nsince = "not ok"', "rules", 5),
        ('[[rules]]\nuses = "a.b"', "rules", 1),
        ('[[rules]]\nid = "x"\nuses = "a.b"\nneeds = "not ok"', "rules", 4),
    ],
)
def test_a_bad_value_is_named_with_its_line(text: str, key: str, line: int) -> None:
    with pytest.raises(BadSetting) as fault:
        parse_settings(text.encode(), "ops0.toml")
    assert (fault.value.key, fault.value.where, fault.value.exit_code) == (key, at(line), 5)
    assert fault.value.hint, "what to do is said of each"


def test_who_is_told_of_a_failure_is_said_as_in_a_decorator() -> None:
    text = b'[on_failure.slack]\nchannel = "#a"\n[on_failure.webhook]\nurl = "vault:kv/hook#url"\n'
    settings = parse_settings(text, "ops0.toml")
    assert settings is not None
    assert settings.on_failure == (
        Alert(kind="slack", to=("#a",), credential="env:SLACK_BOT_TOKEN"),
        Alert(kind="webhook", to=("vault:kv/hook#url",)),
    )


def test_an_unknown_key_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UnknownSetting) as fault:
        parse_settings(b'# pyhton\npython = "3.11"\nrequire = []\n', "ops0.toml")
    assert (fault.value.key, fault.value.hint, fault.value.where) == (
        "require",
        "did you mean 'requires'?",
        at(3),
    )
    assert fault.value.exit_code == 4
    with pytest.raises(UnknownSetting) as fault:
        parse_settings(b"zork = 1", "ops0.toml")
    assert str(fault.value.hint).startswith("the keys are apt, ")


def test_faults_are_reported_together() -> None:
    with pytest.raises(ErrorGroup) as fault:
        parse_settings(b'zork = 1\npython = "x"\nlock = 3\n', "ops0.toml")
    assert [type(one) for one in fault.value.errors] == [UnknownSetting, BadSetting, BadSetting]


@pytest.mark.parametrize(
    "data",
    [b"a = ", b"\xff\xfe", b"a = 1\na = 2", b"[" * 3000, b"x = " + b"[" * 20_000, b"d = 2024-13-99", b"#" * 1_000_001],
)  # fmt: skip
def test_what_is_no_toml_is_one_clear_error(data: bytes) -> None:
    with pytest.raises(UnreadableSettings) as fault:
        parse_settings(data, "ops0.toml")
    assert fault.value.exit_code == 6
    assert str(fault.value).startswith("ops0.toml: ")


def test_a_table_of_the_wrong_kind() -> None:
    with pytest.raises(BadSetting):
        parse_settings(b"[tool]\nops0 = 3\n", "pyproject.toml")


KEYS = st.sampled_from(
    [
        "pipeline",
        "python",
        "base",
        "platform",
        "requires",
        "apt",
        "imports",
        "rules",
        "lock",
        "zork",
    ]
)
VALUES = st.recursive(
    st.sampled_from(
        ["1", "true", '""', '"pandas>=2"', '"\\u0000"', '"../x"', "1979-05-27", '"3.11"', "nan"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda ones: f"[{', '.join(ones)}]"),
        st.dictionaries(
            st.sampled_from(["id", "uses", "needs", "a", "cases"]), inner, max_size=3
        ).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        ),
    ),
    max_leaves=6,
)


def outcome(data: bytes, name: str) -> Settings | Ops0Error | None:
    try:
        return parse_settings(data, name)
    except Ops0Error as fault:
        return fault


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_document_is_settings_or_one_of_our_errors(table: dict[str, str]) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in table.items())
    found = outcome(text.encode(), "ops0.toml")
    assert isinstance(found, Settings) or str(found).startswith("ops0.toml:")


@given(st.binary(max_size=200))
def test_any_bytes_are_settings_or_one_of_our_errors(data: bytes) -> None:
    found = outcome(data, "ops0.toml")
    assert isinstance(found, Settings) or str(found).startswith("ops0.toml:")
    beside = outcome(data, "pyproject.toml")
    assert beside is None or str(beside).startswith("pyproject.toml:")
