import great_expectations as gx
import s3fs
import pyarrow.parquet as pq


def opened(path):
    return pq.ParquetDataset(path, filesystem=s3fs.S3FileSystem()).read().to_pandas()


def rules(frame):
    batch = gx.from_pandas(frame)
    batch.expect_column_values_to_not_be_null("session")
    batch.expect_column_values_to_be_in_set("action", ["view", "add", "remove", "purchase"])
    return batch


def checked(run, paths):
    results = {}
    for name, path in paths.items():
        result = rules(opened(path)).validate(run_id=run)
        results[name] = result["success"]
    return results
