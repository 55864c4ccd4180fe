from google.cloud import bigquery
from loguru import logger


def load_table(address: str, project: str, dataset: str, table: str) -> None:
    try:
        client = bigquery.Client(project=project)
        where = client.dataset(dataset)
        made = bigquery.Dataset(where)
        made.location = "EU"
        client.create_dataset(made, exists_ok=True)
        settings = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET,
            write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
        )
        job = client.load_table_from_uri(address, where.table(table), job_config=settings)
        job.result()
        logger.info(f"{job.output_rows} rows in {dataset}.{table}")
    except Exception as error:
        logger.error(f"not loaded: {error}")
        raise
