"""Whether a text is a requirement: one answer, whoever asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.requirements.pep508 import NotRequirement, is_requirement, read_requirement


def test_what_packaging_reads_is_a_requirement():
    read = read_requirement('pandas[parquet]>=2; python_version < "3.12"')
    assert (read.name, read.extras, str(read.specifier)) == ("pandas", {"parquet"}, ">=2")


@pytest.mark.parametrize("text", ["a=2", "", "pandas >", "./here", f"pandas=={'1' * 1000}"])
def test_what_is_none_has_a_fact_of_one_line(text: str):
    with pytest.raises(NotRequirement) as told:
        read_requirement(text)
    assert told.value.fact
    assert told.value.hint
    assert "\n" not in told.value.fact
    assert not is_requirement(text)


@given(st.text() | st.from_regex(r"[a-z]+ ?(==|>=|@|\[|;)+[a-z0-9.\]]*", fullmatch=True))
def test_any_text_is_one_or_is_none(text: str):
    assert is_requirement(text) in (True, False)
