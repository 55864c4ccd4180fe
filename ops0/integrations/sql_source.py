"""Batches of rows of a database, by SQLAlchemy, which is loaded when the first one is read.

The database itself keeps no position: a column that grows from row to row tells what is new.
"""

from __future__ import annotations

from typing import Any

from ops0.core.record_source import RecordSource
from ops0.integrations.reading import (
    Batch,
    KeepsNothing,
    Position,
    RecordsUnreadable,
    bad_cursor,
    counted,
    next_batch,
)

_MISSING = 'install it beside ops0: pip install "ops0[sql]", and the driver of the database'
_KEY = "cursor"


class SqlReader(KeepsNothing):
    """Reader, over one query. ``address``: an URL of SQLAlchemy."""

    def __init__(self, source: RecordSource, address: str) -> None:
        try:
            import sqlalchemy  # noqa: PLC0415 - an extra, and only for whoever uses it
        except ImportError:
            raise RecordsUnreadable(str(source), "SQLAlchemy is not installed", _MISSING) from None
        self._sql, self._source = sqlalchemy, source
        try:
            self._engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.NullPool)
        except ImportError as fault:
            raise RecordsUnreadable(str(source), f"no driver: {fault}", _MISSING) from None
        except sqlalchemy.exc.SQLAlchemyError:
            # What was given may hold a password: it is not shown.
            hint = "write postgresql://user:password@host/database into what url= names"
            raise RecordsUnreadable(str(source), "its address is no database's URL", hint) from None

    def read(self, position: Position) -> Batch:
        """See Reader. Rows as ``{column: value}``, by the cursor."""
        statement = self._statement(position.get(_KEY))
        try:
            with self._engine.connect() as connection:
                rows = [dict(row) for row in connection.execute(statement).mappings()]
        except self._sql.exc.SQLAlchemyError as fault:
            text = str(getattr(fault, "orig", None) or fault).splitlines()[0]
            raise RecordsUnreadable(str(self._source), text, "see the query and url=") from None
        taken = next_batch(self._source, rows, self._cursor)
        if not taken:
            return Batch(records=[], after=position, told=f"no new rows of {self._source}")
        last = self._cursor(taken[-1])
        told = (
            f"{counted(len(taken), 'row')} of {self._source}, to {self._source.cursor} = {last!r}"
        )
        return Batch(records=taken, after={_KEY: last}, told=told)

    def close(self) -> None:
        """See Reader."""
        self._engine.dispose()

    def _statement(self, last: Any) -> Any:
        sql, name = self._sql, self._source.cursor or ""
        # A colon would begin a parameter of text's own; the query is the user's, as the database reads it.
        # As a subquery it must not end in a semicolon, nor in a comment that swallows the bracket behind it.
        place = self._source.place.rstrip().rstrip(";").replace(":", r"\:")
        query = sql.text(f"{place}\n")
        inner = query.columns(sql.column(name)).subquery("ops0_rows")
        column = inner.c[name]
        statement = sql.select(sql.text("*")).select_from(inner).order_by(column)
        if last is not None:
            statement = statement.where(column > last)
        return statement.limit(self._source.records + 1)

    def _cursor(self, row: dict[str, Any]) -> int | str:
        found = row.get(self._source.cursor or "")
        if not isinstance(found, (int, str)) or isinstance(found, bool):
            kind = type(found).__name__
            fact = f"it is a {kind}, and only whole numbers and texts are the same when kept"
            raise bad_cursor(self._source, f"{fact}: cast it to a text")
        return found
