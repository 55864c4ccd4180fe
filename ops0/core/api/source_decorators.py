"""``@ops0.source.kafka``, ``.files``, ``.sql``, ``.http``: a step that gives what is new. Runs in images: Python 3.8.

It marks a function and gives it back. The host reads the records before the run and hands them in, so nothing in an
image knows a broker or a credential; the function's body is empty. See ``ops0.core.record_source``.
"""

from __future__ import annotations

from ops0.core.api import signature
from ops0.core.api.marks import StepDefinitionError, checked, marks_of, place_of, plain
from ops0.core.api.source_checks import source_fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FunctionType
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["files", "http", "kafka", "sql"]


def kafka(  # noqa: PLR0913 - one setting, one argument
    topic: str,
    format: str = "json",  # noqa: A002 - the contributor guide's word
    *,
    servers: str = "env:KAFKA_BOOTSTRAP_SERVERS",
    group: str | None = None,
    max_records: int = 10_000,
    max_bytes: int | str = "64MiB",
    max_wait: float | str = "5s",
    start: str = "earliest",
    dead_letter: str | None = None,
    tls: bool = False,
    user: str | None = None,
    password: str | None = None,
) -> Callable[[F], F]:
    """Give the next records of a topic, a list; the offsets are committed when the run's results are.

    topic:       of Kafka; all its partitions are read
    format:      of a record's value: ``json``, ``text`` (UTF-8) or ``bytes``; one without a value is None
    servers:     ``host:9092,host:9092``, or a reference to it
    group:       the consumer group whose offsets count; None: ``ops0.PIPELINE.STEP``
    max_records, max_bytes, max_wait: a batch ends with the first that is reached: records, their bytes as ``"64MiB"``,
                 the time that it is collected as ``"5s"``
    start:       where a group that has no offsets begins: ``earliest`` or ``latest``
    dead_letter: the topic that gets records which are not of that format; None: such a record is an error
    tls:         whether the brokers want TLS;  user, password: references, both or neither (SASL PLAIN)
    raises:      StepDefinitionError
    """
    return _marked(
        "kafka",
        topic=topic, format=format, servers=servers, group=group, max_records=max_records,
        max_bytes=max_bytes, max_wait=max_wait, start=start, dead_letter=dead_letter, tls=tls,
        user=user, password=password,
    )  # fmt: skip


def files(
    pattern: str,
    format: str = "json",  # noqa: A002
    *,
    group: str | None = None,
    max_records: int = 10_000,
    max_bytes: int | str = "64MiB",
    every: float | str = "1m",
) -> Callable[[F], F]:
    """Give the files that are new or have changed: a list of ``{"path": ..., "value": ...}``.

    pattern: ``/data/in/*.json``, ``s3://bucket/in/*.jsonl``: whatever fsspec knows; or a reference to it
    format:  of a file: ``json``, ``jsonl`` (its lines, as a list), ``text`` or ``bytes``
    group:   the name under which the position is kept; None: this step's own
    max_records, max_bytes: a batch ends with the first that is reached: files, their bytes; one file is always taken
    every:   how often ``ops0 run --follow`` looks again
    raises:  StepDefinitionError
    """
    return _marked(
        "files",
        pattern=pattern,
        format=format,
        group=group,
        max_records=max_records,
        max_bytes=max_bytes,
        every=every,
    )


def sql(
    query: str,
    url: str = "env:DATABASE_URL",
    *,
    cursor: str,
    group: str | None = None,
    max_records: int = 10_000,
    max_bytes: int | str = "64MiB",
    every: float | str = "1m",
) -> Callable[[F], F]:
    """Give the next rows of a query: a list of ``{column: value}``.

    query:  SQL that selects; ops0 asks for rows beyond the last one, in order, and limits them
    url:    a reference to a URL of SQLAlchemy; ``sqlite:///file.db`` itself
    cursor: a column of the result that is unique and grows, of whole numbers or texts
    group, max_records, max_bytes, every: as in ``files``
    raises: StepDefinitionError
    """
    return _marked(
        "sql",
        query=query,
        url=url,
        cursor=cursor,
        group=group,
        max_records=max_records,
        max_bytes=max_bytes,
        every=every,
    )


def http(
    url: str,
    format: str = "json",  # noqa: A002
    *,
    cursor: str | None = None,
    token: str | None = None,
    group: str | None = None,
    max_records: int = 10_000,
    max_bytes: int | str = "64MiB",
    every: float | str = "1m",
) -> Callable[[F], F]:
    """Give what is new at an address: the items of a JSON list, or any other answer as one record.

    url:    ``{cursor}`` in it is replaced by the last record's cursor, at first by nothing; or a reference to it
    format: ``json``, ``text`` or ``bytes``
    cursor: a field of each item that is unique and grows; None: everything, when it has changed (ETag)
    token:  None, or a reference to what is sent as ``Authorization: Bearer``
    group, max_records, max_bytes, every: as in ``files``; a larger answer is an error
    raises: StepDefinitionError
    """
    return _marked(
        "http",
        url=url,
        format=format,
        cursor=cursor,
        token=token,
        group=group,
        max_records=max_records,
        max_bytes=max_bytes,
        every=every,
    )


def _marked(kind: str, **given: Any) -> Callable[[F], F]:
    fields = checked(f"@ops0.source.{kind}", source_fields, kind, given)

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


def no_parameters(name: str) -> tuple[str, str]:
    """Say of a source step that it takes parameters: fact and hint."""
    return f"'{name}' has a source and takes parameters", f"write: def {name}(): pass"


def no_body(name: str) -> tuple[str, str]:
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
