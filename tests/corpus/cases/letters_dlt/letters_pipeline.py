import dlt
from letters import letters_to_rows


def from_folder(data_dir: str) -> None:
    from letters.folder import folder

    pipeline = dlt.pipeline(pipeline_name="letters_folder", destination="duckdb", dataset_name="letters")
    files = folder(data_dir)
    pdfs = files.add_filter(lambda item: item["content_type"] == "application/pdf")
    print(pipeline.run(pdfs | letters_to_rows(table=f"from_{files.name}")))


def from_drive() -> None:
    from letters.drive import drive

    pipeline = dlt.pipeline(pipeline_name="letters_drive", destination="bigquery", dataset_name="letters")
    source = drive(download=True, kinds=("application/pdf",))
    print(pipeline.run(source.resources["attachments"] | letters_to_rows(table=f"from_{source.name}")))


def from_inbox() -> None:
    from letters.inbox import inbox

    pipeline = dlt.pipeline(
        pipeline_name="letters_inbox",
        destination=dlt.destinations.filesystem("s3://letters-lake/raw"),
        dataset_name="letters",
    )
    source = inbox(attachments=True)
    info = pipeline.run(source.resources["attachments"], loader_file_format="parquet")
    print(info)


def newest(pipeline_name="letters_folder"):
    with dlt.attach(pipeline_name=pipeline_name).sql_client() as client:
        with client.execute_query("SELECT * FROM letters ORDER BY due DESC LIMIT 100") as cursor:
            return cursor.df()


def overdue(frame, day):
    return frame[frame["due"] < day].sort_values("amount")


if __name__ == "__main__":
    from_inbox()
    print(overdue(newest(), "2024-05-01"))
