"""Names as indexes compare them, held to ``packaging``."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as theirs

from ops0.core.requirements.declared import join_requirements
from ops0.core.requirements.names import canonicalize_name, is_bare, name_of

NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,12}[A-Za-z0-9])?", fullmatch=True)


@given(st.text(string.ascii_letters + string.digits + "-_."))
def test_names_are_normal_as_packaging_has_them(name: str) -> None:
    assert canonicalize_name(name) == theirs(name)


@given(NAMES)
def test_only_a_name_in_its_normal_form_is_bare(name: str) -> None:
    assert is_bare(name) == (theirs(name) == name)
    assert join_requirements([name, name]) == theirs(name)


@given(
    NAMES,
    st.sampled_from(
        ["", ">=1", " >= 1,<2", "[a,b]", " [x]==1", " @ https://host/x.whl", "; os_name == 'nt'"]
    ),
)
def test_the_name_of_a_requirement_is_packagings(name: str, rest: str) -> None:
    requirement = f" {name}{rest}"
    assert name_of(requirement) == theirs(Requirement(requirement).name)


@pytest.mark.parametrize("text", ["", "pandas>=2", "Pandas", "a_b", "-a", "a-", "a--b", "pandas\n"])
def test_what_is_more_than_a_normal_name_is_not_bare(text: str) -> None:
    assert not is_bare(text)
