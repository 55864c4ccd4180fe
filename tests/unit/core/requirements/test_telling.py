"""What of a step's facts may tell a rule anything: found once for all steps that share the code."""

from __future__ import annotations

from ops0.core.facts import CallFact, Facts, ReadFact, TextFact, Uses
from ops0.core.pipeline import Where
from ops0.core.requirements.rule_set import RuleSet
from ops0.core.requirements.telling import Telling
from ops0.host.tables import read_tables


def place(line: int) -> Where:
    return Where("a.py", line)


READING = CallFact(name="pandas.read_parquet", literals=(), where=place(1))
NOTHING = CallFact(name="a.b", literals=(), where=place(1))
BUCKET = TextFact(text="s3://rows", where=place(2))
STYLES = [ReadFact(name=".style", where=place(line)) for line in (3, 4)]


def rules() -> RuleSet:
    return RuleSet(read_tables().rules)


def test_what_the_code_of_each_module_tells_is_put_together() -> None:
    one = Uses(calls=(READING, NOTHING), texts=(BUCKET,), reads=(STYLES[1],))
    other = Uses(calls=(NOTHING,), texts=(TextFact(text="x", where=place(1)),), reads=(STYLES[0],))
    told = Telling.of(Facts(uses=(one, other)), rules())
    assert (told.calls, told.texts) == ((READING,), (BUCKET,))
    assert told.called == {"pandas.read_parquet", "a.b"}
    assert told.reads == (STYLES[1],), "the first module by path comes first"


def test_only_what_steps_share_is_kept() -> None:
    """What one step alone uses would be kept for each of a thousand steps, and asked for by none."""
    known = rules()
    shared, alone = Uses(calls=(READING,), shared=True), Uses(calls=(READING,))
    first = Telling.of(Facts(uses=(shared, alone)), known)
    assert first.calls == (READING, READING)
    assert known.told_by.get(shared) is not None
    assert known.told_by.get(alone) is None
    assert Telling.of(Facts(uses=(shared, alone)), known) == first


def test_equal_uses_are_equal_whoever_shares_them() -> None:
    assert Uses(calls=(READING,), shared=True) == Uses(calls=(READING,))
