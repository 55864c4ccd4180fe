"""``@ops0.source.kafka``: a step that gives the next records of a stream. Runs in images: Python 3.8.

It marks a function and gives it back. The host reads the records before the run and hands them in, so nothing in an
image knows a broker or a credential; the function's body is empty. See ``ops0.core.record_source``.
"""

from __future__ import annotations

import re

from ops0.core import signature
from ops0.core.errors import AnalysisError
from ops0.core.marks import StepDefinitionError, marks_of, place_of, plain
from ops0.core.quantities import QuantityError, seconds, size_bytes
from ops0.core.secrets import is_reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FunctionType
    from typing import Any, Callable, Dict, Mapping, Optional, Tuple, TypeVar, Union

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["kafka"]

_BOUNDS = ("max_records", "max_bytes", "max_wait")
SOURCE_ARGUMENTS = {"kafka": ("topic", "format")}
"""The arguments of each decorator that need no name, in order."""
SOURCE_KEYWORDS = {
    "kafka": (
        *("servers", "group", *_BOUNDS, "start", "dead_letter"),
        *("tls", "user", "password"),
    ),
}
"""The others."""
_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
_SERVERS = re.compile(r"[A-Za-z0-9_.-]+:[0-9]{1,5}(,[A-Za-z0-9_.-]+:[0-9]{1,5})*")
_MOST_RECORDS, _MOST_BYTES, _MOST_WAIT = 10**7, 2**30, 3600.0


class SourceFault(AnalysisError):
    """A source that cannot mean anything."""

    exit_code = 18


def kafka(  # noqa: PLR0913 - one setting, one argument
    topic: str,
    format: str = "json",  # noqa: A002 - the contributor guide's word
    *,
    servers: str = "env:KAFKA_BOOTSTRAP_SERVERS",
    group: Optional[str] = None,
    max_records: int = 10_000,
    max_bytes: Union[int, str] = "64MiB",
    max_wait: Union[float, str] = "5s",
    start: str = "earliest",
    dead_letter: Optional[str] = None,
    tls: bool = False,
    user: Optional[str] = None,
    password: Optional[str] = None,
) -> Callable[[F], F]:
    """Give the next records of a topic, a list; the offsets are committed when the run's results are.

    topic:       of Kafka; all its partitions are read
    format:      of a record's value: ``json``, ``text`` (UTF-8) or ``bytes``; one without a value is None
    servers:     ``host:9092,host:9092``, or a reference to it
    group:       whose offsets they are; None: ``ops0.PIPELINE.STEP``
    max_records, max_bytes, max_wait: a batch ends with the first that is reached: records, their bytes as ``"64MiB"``,
                 the time that it is collected as ``"5s"``
    start:       where a group that has no offsets begins: ``earliest`` or ``latest``
    dead_letter: the topic that gets records which are not of that format; None: such a record is an error
    tls:         whether the brokers want TLS;  user, password: references, both or neither (SASL PLAIN)
    raises:      StepDefinitionError
    """
    return _marked(
        "kafka",
        topic=topic,
        format=format,
        servers=servers,
        group=group,
        max_records=max_records,
        max_bytes=max_bytes,
        max_wait=max_wait,
        start=start,
        dead_letter=dead_letter,
        tls=tls,
        user=user,
        password=password,
    )


def source_fields(kind: str, given: Mapping[str, Any]) -> Dict[str, Any]:
    """Check one decorator's arguments; gives the fields of RecordSource. Raises SourceFault, QuantityError."""
    return {"kind": kind, **_FIELDS[kind](dict(given)), **_bounds(given)}


def _marked(kind: str, **given: Any) -> Callable[[F], F]:
    try:
        fields = source_fields(kind, given)
    except (SourceFault, QuantityError) as fault:
        raise StepDefinitionError(f"@ops0.source.{kind}: {fault}", fault.hint or "") from None

    def mark(function: F) -> F:
        given_function = plain(function, f"@ops0.source.{kind}")
        marks, place = marks_of(given_function), place_of(function)
        if "source" in marks:
            raise StepDefinitionError("@ops0.source is said twice", "one step, one source", place)
        if signature.parameter_names(given_function):
            fact, hint = no_parameters(function.__name__)
            raise StepDefinitionError(fact, hint, place)
        if not _is_empty(given_function):
            fact, hint = no_body(function.__name__)
            raise StepDefinitionError(fact, hint, place)
        marks["source"] = fields
        return function

    return mark


def no_parameters(name: str) -> Tuple[str, str]:
    """Say of a source step that it takes parameters: fact and hint."""
    return f"'{name}' has a source and takes parameters", f"write: def {name}(): pass"


def no_body(name: str) -> Tuple[str, str]:
    """Say of a source step that its body does something: fact and hint."""
    return (
        f"'{name}' has a source and a body, which would never run",
        f"write: def {name}(): pass; work on the records in the next step",
    )


def _is_empty(function: FunctionType) -> bool:
    """Whether a body has at most a docstring, ``pass``, ``...`` and ``return``."""
    code = signature.innermost(function).__code__
    known = (None, Ellipsis, function.__doc__)
    return (
        not code.co_names and not code.co_varnames and all(one in known for one in code.co_consts)
    )


def _kafka(given: Dict[str, Any]) -> Dict[str, Any]:
    start = given.get("start", "earliest")
    if start not in ("earliest", "latest"):
        raise SourceFault(f"start={start!r:.60} is neither", 'write "earliest" or "latest"')
    servers = given.get("servers", "env:KAFKA_BOOTSTRAP_SERVERS")
    if not isinstance(servers, str) or not (_SERVERS.fullmatch(servers) or is_reference(servers)):
        raise SourceFault(
            f"servers={servers!r:.60} is no list of brokers", 'write servers="host:9092"'
        )
    group, dead_letter = given.get("group"), given.get("dead_letter")
    if group is not None and not (isinstance(group, str) and 0 < len(group) < 250):
        raise SourceFault(f"group={group!r:.60} is no name", 'write group="fraud"')
    topic = _topic(given.get("topic"), "topic")
    if dead_letter == topic:
        raise SourceFault("dead_letter is the topic itself", 'write dead_letter="NAME.bad"')
    tls = given.get("tls", False)
    if not isinstance(tls, bool):
        raise SourceFault(f"tls={tls!r:.60} is neither True nor False", "write tls=True")
    return {
        "place": topic,
        "format": _one_of(given.get("format", "json"), "format", ("json", "text", "bytes")),
        "server": servers,
        "group": group,
        "start": start,
        "dead_letter": None if dead_letter is None else _topic(dead_letter, "dead_letter"),
        "tls": tls,
        **_credentials(given),
    }


_FIELDS = {"kafka": _kafka}


def _bounds(given: Mapping[str, Any]) -> Dict[str, Any]:
    records = given.get("max_records", 10_000)
    if type(records) is not int or not 1 <= records <= _MOST_RECORDS:
        raise SourceFault(
            f"max_records={records!r:.40} is no number from 1 to {_MOST_RECORDS}",
            "write max_records=1000",
        )
    size = size_bytes(given.get("max_bytes", "64MiB"))
    if not 1 <= size <= _MOST_BYTES:
        raise SourceFault("max_bytes is not between 1 byte and 1GiB", 'write max_bytes="64MiB"')
    wait = seconds(given.get("max_wait", "5s"))
    if not 0 < wait <= _MOST_WAIT:
        raise SourceFault("max_wait is not between 0 and an hour", 'write max_wait="5s"')
    return {"records": records, "size": size, "wait": wait}


def _credentials(given: Mapping[str, Any]) -> Dict[str, Any]:
    user, password = given.get("user"), given.get("password")
    if (user is None) != (password is None):
        raise SourceFault("user and password go together", "give both, or neither")
    for name, one in (("user", user), ("password", password)):
        if one is not None and not is_reference(one):
            # What was given may be the secret itself: it is not shown.
            raise SourceFault(
                f"{name} is no reference",
                f'write {name}="env:NAME", "file:PATH" or "vault:MOUNT/PATH#FIELD", never itself',
            )
    return {"user": user, "credential": password}


def _topic(given: Any, what: str) -> str:
    if isinstance(given, str) and _TOPIC.fullmatch(given) and given not in (".", ".."):
        return given
    raise SourceFault(
        f"{what}={given!r:.60} can name no topic",
        "use letters, digits, '.', '_' and '-', at most 249",
    )


def _one_of(given: Any, what: str, known: Any) -> str:
    if given in known:
        return str(given)
    raise SourceFault(f"{what}={given!r:.60} is not known", f"there are: {', '.join(known)}")
