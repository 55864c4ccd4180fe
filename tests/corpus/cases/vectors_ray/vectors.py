import sys
from typing import Any, Dict

import boto3
import pyarrow as pa
import pyarrow.compute as pc
import ray
from loguru import logger
from ray.data import ActorPoolStrategy

SOURCE = "s3://shop-lake/reviews/"
logger.remove()
logger.add(sys.stderr, level="INFO")


class Embedder:
    def __init__(self, name="all-MiniLM-L6-v2"):
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(name)

    def __call__(self, batch: Dict[str, Any]) -> Dict[str, Any]:
        batch["vector"] = self.model.encode(list(batch["text"]))
        return batch


def scaled(batch: pa.Table) -> pa.Table:
    return batch.set_column(0, "length", pc.utf8_length(batch["text"]))


def shortened(row):
    return {"text": row["text"][:512], "id": row["id"]}


def joined():
    if not ray.is_initialized():
        ray.init(address="auto", runtime_env={"pip": ["sentence-transformers"]})
    logger.info("{} nodes", len(ray.nodes()))


def embedded(source=SOURCE):
    joined()
    rows = ray.data.read_parquet(source).map(shortened).map_batches(scaled, batch_format="pyarrow")
    return rows.map_batches(Embedder, compute=ActorPoolStrategy(size=2), batch_size=64)


def per_product(rows):
    return rows.groupby("product").count().to_pandas()


def bucket_size(bucket, prefix):
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return sum(one["Size"] for page in pages for one in page.get("Contents", []))


@ray.remote(num_cpus=1)
def checked(path):
    import pyarrow.parquet as pq

    return pq.read_metadata(path).num_rows


def all_checked(paths):
    return sum(ray.get([checked.remote(path) for path in paths]))


if __name__ == "__main__":
    vectors = embedded()
    vectors.write_parquet("s3://shop-lake/vectors/")
    print(per_product(vectors))
