import json
import os

import fasttext
from prefect import flow, task
from prefect.variables import Variable
from prefect_aws import AwsCredentials, S3Bucket
from unstructured.documents.elements import Element
from unstructured.partition.auto import partition
from unstructured.staging.base import elements_to_dicts


@task
def language_of(text: str) -> str:
    model = fasttext.load_model("data/lid.bin")
    return model.predict(text)[0][0].split("__")[-1]


@task(retries=2)
def parts_of(address: str) -> list[Element]:
    return partition(url=address, skip_infer_table_types=["jpg", "png"])


def bucket_of(name: str) -> S3Bucket:
    return S3Bucket(bucket_name=name, credentials=AwsCredentials.load("spaces"))


@task
def put(parts, key: str):
    bucket = bucket_of(Variable.get("bucket"))
    text = json.dumps(elements_to_dicts(parts), ensure_ascii=False)
    path = os.path.join(Variable.get("cache"), f"{key}.json")
    with open(path, "w") as file:
        file.write(text)
    bucket.upload_from_path(from_path=path, to_path=f"{key}.json", ExtraArgs={"ACL": "public-read"})
    return len(text)


@flow(log_prints=True)
def texts(sources: list[str]):
    for one in sources:
        parts = parts_of(one)
        languages = {language_of(part.text) for part in parts if part.text and len(part.text) > 100}
        print(languages, put(parts, one.rsplit("/")[-1]))


if __name__ == "__main__":
    texts(["https://example.org/a.html"])
