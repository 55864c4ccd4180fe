from pyarrow import concat_tables, parquet


def write_file(file_system, folder, table, name):
    path = f"{folder}/{name}.parquet"
    if file_system.type_name == "local":
        file_system.create_dir(folder)
    with file_system.open_output_stream(path) as out:
        with parquet.ParquetWriter(out, table.schema, use_deprecated_int96_timestamps=True) as writer:
            writer.write_table(table)


def stream(tables, base, file_system, folder):
    table = concat_tables(tables)
    write_file(file_system, folder, table, base)
    return table.schema
