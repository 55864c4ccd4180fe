import pyarrow as pa

KINDS = {pa.string(): "string", pa.int64(): "Int64", pa.timestamp("s"): "datetime64[s]", pa.bool_(): "boolean"}

schemas = {
    "visits": pa.schema([pa.field("id", pa.string()), pa.field("came", pa.timestamp("s")), pa.field("hits", pa.int64())]),
    "downloads": pa.schema([pa.field("file", pa.string()), pa.field("whole", pa.bool_())]),
}


def empty(table: str) -> pa.Table:
    return schemas[table].empty_table()
