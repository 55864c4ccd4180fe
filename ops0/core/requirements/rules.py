"""Needs that no import shows: rules as data, read and checked. ``rule_matching`` holds them against a step's facts.

A rule fires when one of its ``uses`` is called, imported, read or used as a type (``called``: only when called), when
one of its ``methods`` is called or ``attributes`` read beside one of its ``beside`` modules, or when one of its
``texts`` starts a string. The first of its ``cases`` that fits decides what is needed, else its ``needs``, ``apt`` and
``native_code``. The grammar stands at the top of ``rules.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ops0.core.api.requiring import is_debian_name
from ops0.core.requirements.names import canonicalize_name, name_of

_CASE_KEYS = {"also", "argument", "is", "ends", "starts", "given", "needs"}
_GIVEN = "{}"
ANY_METHOD = ".*"
"""Among a rule's methods: whatever is called, also a value itself, ``processor(…)``; only what it is given tells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What an argument's literal decides: ``argument`` are its names and positions, the first that is given counts.

    given: any text fits, but None and False;    needs: ``{}`` in it stands for the text as a distribution's name
    also:  what another argument has to be, for this to be the case
    """

    argument: tuple[str, ...]
    needs: tuple[str, ...]
    equals: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    given: bool = False
    also: Case | None = None

    def decides(self, literals: Mapping[str, str]) -> tuple[str, ...] | None:
        """What a call with these literals needs; None if it is not this case."""
        text = next((literals[name] for name in self.argument if name in literals), None)
        if self.also is not None and self.also.decides(literals) is None:
            return None
        if text is None or not (
            text in self.equals
            or text.lower().endswith(self.ends)
            or text.startswith(self.starts)
            or (self.given and text not in ("None", "False"))
        ):
            return None
        return tuple(need.replace(_GIVEN, canonicalize_name(text)) for need in self.needs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One kind of hidden need.

    uses:    dotted names, ``*`` in them for anything; but: names that are not meant all the same
    methods: ``.to_parquet``, of something unknown; ``.*``: any, where a case decides;    attributes: ``.style``
    texts:   beginnings of strings, ``s3://``: given to ``uses`` or ``methods``, or to nothing that is known
    needs:   requirements, () for none;    apt: Debian packages
    native_code: whether the step runs what it unpacks or compiles itself
    beside:  modules of which the step must use one, for methods, attributes and texts; for uses where the rule has
             none of these; () for always
    own:     a method counts only of what may be of ``beside``: not where a class of another library made what it is
             called on. For everyday words: ``.save``, ``.plot``
    unless:  modules, or names that are called, which serve the purpose themselves: spare `needs`, not what a case
             or a call's text decides; ``f(x)`` for a call of ``f`` with the text ``x`` first
    called:  only a call fires it: an annotation that names the class opens no file, and an instance made elsewhere has
             done so already, unless it ``travels``
    telling: a method whose name alone makes the need likely: without ``beside`` it is warned of
    travels: what the call gives goes on needing it, in whatever function it is handed to: an engine its driver
    until:   a requirement, ``sqlalchemy<2.1``: holds unless what is declared or installed excludes it
    since:   a requirement, ``sqlalchemy>=2.1``: holds only where what is declared or installed is sure to fit it
    unpublished: its authors publish it on no index, where a stranger may have taken the name: it must be declared
    warn:    what the user is told when it fires and nobody has declared what it needs;    hint: what to do then
    """

    id: str
    why: str
    page: str
    needs: tuple[str, ...]
    apt: tuple[str, ...] = ()
    native_code: bool = False
    uses: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    own: bool = False
    unless: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    called: bool = False
    telling: bool = False
    travels: bool = False
    until: str = ""
    since: str = ""
    unpublished: bool = False
    warn: str = ""
    hint: str = ""

    @property
    def requirements(self) -> tuple[str, ...]:
        """Every requirement that the rule names, but for those that a call's text gives."""
        needs = (*self.needs, *(need for case in self.cases for need in case.needs))
        asked = (*needs, *filter(None, (self.until, self.since)))
        return tuple(text for text in asked if text != _GIVEN)

    def is_foreign(self, maker: str) -> bool:
        """Whether what ``maker`` made is sure to have none of its methods. ``dask_geopandas`` is of dask's kin."""
        top = maker.partition(".")[0]
        own = (one.partition(".")[0] for one in self.beside)
        return self.own and bool(top) and not any(f"{top}_".startswith(f"{one}_") for one in own)

    @property
    def brings(self) -> bool:
        """Whether something is needed where it fires and no case decides."""
        return bool(self.needs or self.apt or self.native_code)

    def __hash__(self) -> int:
        """By name: rules are looked up far more often than they are made."""
        return hash(self.id)


class RuleFault(ValueError):
    """A rule that does not say what a rule must say. Loaders add the file."""


def parse_rule(entry: object) -> Rule:
    """Read one rule from its TOML table. Raises RuleFault naming the rule and the key."""
    if not isinstance(entry, dict):
        raise RuleFault("a rule is a table")
    name = entry.get("id")
    if not isinstance(name, str) or not name:
        raise RuleFault("a rule has an `id`")
    unknown = sorted(set(entry) - _READERS.keys())
    if unknown:
        raise RuleFault(f"rule {name}: unknown key `{unknown[0]}`")
    # Most rules give few of the keys, and each start of a command reads them all.
    given = {key: _READERS[key](entry, key, name) for key in entry}
    rule = Rule(**{"why": f"rule {name}", "page": "", "needs": (), **given})
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    """What would never match, or say nothing when it does, is a mistake."""
    if not (rule.uses or rule.methods or rule.attributes or rule.texts):
        raise RuleFault(
            f"rule {rule.id}: nothing to match, give `uses`, `methods`, `attributes` or `texts`"
        )
    if not (rule.brings or rule.warn or any(case.needs for case in rule.cases)):
        raise RuleFault(
            f"rule {rule.id}: nothing follows, give `needs`, `apt`, `native_code`, `cases` or `warn`"
        )
    for key, names in (("methods", rule.methods), ("attributes", rule.attributes)):
        plain = next((name for name in names if not name.startswith(".")), None)
        if plain is not None:
            raise RuleFault(f"rule {rule.id}: `{key}` start with a dot: `.{plain}`")
    if rule.telling and not (rule.beside and rule.methods and rule.needs):
        raise RuleFault(f"rule {rule.id}: `telling` goes with `methods`, `beside` and `needs`")
    if ANY_METHOD in rule.methods and (rule.brings or not rule.beside):
        raise RuleFault(f"rule {rule.id}: `.*` goes with `beside` and `cases`, and without `needs`")
    if rule.own and not (rule.beside and rule.methods):
        raise RuleFault(f"rule {rule.id}: `own` goes with `methods` and `beside`")
    for need in rule.requirements:
        if not name_of(need):
            raise RuleFault(f"rule {rule.id}: `{need}` is no requirement")
    for package in rule.apt:
        if not is_debian_name(package):
            raise RuleFault(f"rule {rule.id}: `{package}` is no name of a Debian package")


def _cases(entry: Mapping[str, Any], key: str, rule: str) -> tuple[Case, ...]:
    cases = entry[key]
    if not isinstance(cases, list):
        raise RuleFault(f"rule {rule}: `{key}` is a list of tables")
    return tuple(_case(case, rule) for case in cases)


def _case(entry: object, rule: str) -> Case:
    if not isinstance(entry, dict) or set(entry) - _CASE_KEYS:
        raise RuleFault(f"rule {rule}: a case has the keys {', '.join(sorted(_CASE_KEYS))}")
    if not entry.get("argument") or not any(
        entry.get(key) for key in ("is", "ends", "starts", "given")
    ):
        raise RuleFault(
            f"rule {rule}: a case says an `argument`, and `is`, `starts`, `ends` or `given`"
        )
    return Case(
        argument=_texts(entry, "argument", rule),
        needs=_texts(entry, "needs", rule),
        equals=_texts(entry, "is", rule),
        ends=_texts(entry, "ends", rule),
        starts=_texts(entry, "starts", rule),
        given=_flag(entry, "given", rule),
        also=_case(entry["also"], rule) if "also" in entry else None,
    )


def _text(entry: Mapping[str, Any], key: str, rule: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise RuleFault(f"rule {rule}: `{key}` is a string")
    return value


def _flag(entry: Mapping[str, Any], key: str, rule: str) -> bool:
    value = entry.get(key, False)
    if not isinstance(value, bool):
        raise RuleFault(f"rule {rule}: `{key}` is true or false")
    return value


def _texts(entry: Mapping[str, Any], key: str, rule: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
        raise RuleFault(f"rule {rule}: `{key}` is a list of strings")
    return tuple(values)


_READERS: Mapping[str, Callable[[Mapping[str, Any], str, str], Any]] = {
    **dict.fromkeys(("id", "why", "page", "until", "since", "warn", "hint"), _text),
    **dict.fromkeys(("uses", "but", "methods", "attributes", "texts", "beside"), _texts),
    **dict.fromkeys(("unless", "needs", "apt"), _texts),
    **dict.fromkeys(("own", "native_code", "called", "telling", "travels", "unpublished"), _flag),
    "cases": _cases,
}
