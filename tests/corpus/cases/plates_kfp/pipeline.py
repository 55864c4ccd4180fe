"""Plates in pictures: splits, trains, judges and registers, on Kubeflow."""

from kfp import compiler, dsl, kubernetes
from kfp.dsl import Metrics, Output

HEADLESS = ["ultralytics", "opencv-python-headless", "boto3", "pyyaml"]


@dsl.component(base_image="python:3.12", packages_to_install=["boto3", "pyyaml"])
def split(bucket: str, folder: str, region: str, prefix: str, share: float, seed: int) -> str:
    import json
    import random
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    import boto3
    import yaml

    s3 = boto3.client("s3", region_name=region)

    def key_of(md5: str) -> str:
        return "store/" + md5[:2] + "/" + md5[2:]

    listed = json.loads(s3.get_object(Bucket=bucket, Key=key_of(folder))["Body"].read())
    by_path = {one["relpath"]: one["md5"] for one in listed}
    stems = sorted(Path(one).stem for one in by_path if one.endswith(".jpg"))
    random.Random(seed).shuffle(stems)
    cut = int(len(stems) * (1 - share))

    def copied(keys):
        source, target = keys
        s3.copy_object(Bucket=bucket, CopySource={"Bucket": bucket, "Key": source}, Key=target)

    jobs = []
    for part, some in (("train", stems[:cut]), ("val", stems[cut:])):
        for stem in some:
            jobs.append((key_of(by_path[stem + ".jpg"]), prefix + "/" + part + "/images/" + stem + ".jpg"))
    with ThreadPoolExecutor(max_workers=16) as pool:
        list(pool.map(copied, jobs))
    names = s3.get_object(Bucket=bucket, Key=key_of(by_path["names.txt"]))["Body"].read().decode().split()
    s3.put_object(
        Bucket=bucket,
        Key=prefix + "/data.yaml",
        Body=yaml.safe_dump({"train": "train/images", "val": "val/images", "names": names}, sort_keys=False).encode(),
    )
    return "s3://" + bucket + "/" + prefix


@dsl.component(base_image="python:3.12", packages_to_install=HEADLESS)
def train(address: str, region: str, prefix: str, run: str, epochs: int, weights: str) -> str:
    import os
    from pathlib import Path

    import boto3
    import yaml

    os.environ["YOLO_CONFIG_DIR"] = "/tmp/yolo"

    from ultralytics import YOLO

    bucket, _, start = address.removeprefix("s3://").partition("/")
    s3 = boto3.client("s3", region_name=region)
    root = Path("/tmp/data")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=start + "/"):
        for one in page.get("Contents", []):
            target = root / one["Key"][len(start) + 1 :]
            target.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, one["Key"], str(target))
    settings = yaml.safe_load((root / "data.yaml").read_text())
    settings["path"] = str(root)
    (root / "data.yaml").write_text(yaml.safe_dump(settings))
    found = YOLO(weights).train(data=str(root / "data.yaml"), epochs=epochs, project="/tmp/runs", plots=False)
    key = prefix.rstrip("/") + "/" + run + "/best.pt"
    s3.upload_file(str(Path(found.save_dir) / "weights" / "best.pt"), bucket, key)
    return "s3://" + bucket + "/" + key


@dsl.component(base_image="python:3.12", packages_to_install=HEADLESS)
def judge(model: str, region: str, measures: Output[Metrics]) -> float:
    from pathlib import Path

    import boto3
    from ultralytics import YOLO

    bucket, _, key = model.removeprefix("s3://").partition("/")
    best = Path("/tmp/best.pt")
    boto3.client("s3", region_name=region).download_file(bucket, key, str(best))
    found = YOLO(str(best)).val(data="/tmp/data/data.yaml", device="cpu", plots=False)
    values = {"map50": float(found.box.map50), "recall": float(found.box.mr)}
    for name, value in values.items():
        measures.log_metric(name, value)
    return values["map50"]


@dsl.component(base_image="python:3.12", packages_to_install=[*HEADLESS, "onnx", "onnxslim", "onnxruntime", "model-registry"])
def register(model: str, map50: float, region: str, prefix: str, run: str, name: str) -> str:
    import json
    import tarfile
    from pathlib import Path

    import boto3
    from ultralytics import YOLO

    s3 = boto3.client("s3", region_name=region)
    bucket, _, key = model.removeprefix("s3://").partition("/")
    best = Path("/tmp/best.pt")
    s3.download_file(bucket, key, str(best))
    exported = Path(YOLO(str(best)).export(format="onnx", opset=19))
    s3.upload_file(str(exported), bucket, prefix + "/" + name + "/1/model.onnx")

    import onnx as graphs

    graph = graphs.load(str(exported), load_external_data=False).graph

    def told(value) -> str:
        sides = [d.dim_value if d.HasField("dim_value") else -1 for d in value.type.tensor_type.shape.dim]
        return value.name + " " + str(sides)

    s3.put_object(Bucket=bucket, Key=prefix + "/config", Body=" ".join(told(v) for v in graph.input).encode())
    notes = Path("/tmp/notes.json")
    notes.write_text(json.dumps({"map50": map50}))
    with tarfile.open("/tmp/model.tar.gz", "w:gz") as tar:
        for one in (best, exported, notes):
            tar.add(one, arcname=one.name)
    s3.upload_file("/tmp/model.tar.gz", bucket, prefix + "/model.tar.gz")

    from model_registry import ModelRegistry

    registry = ModelRegistry(server_address="http://registry.example.org", port=8080, author="plates", is_secure=False)
    registry.register_model(
        name, "s3://" + bucket + "/" + prefix, model_format_name="onnx", model_format_version="1", version=run
    )
    return prefix


@dsl.pipeline
def plates(bucket: str = "plates", folder: str = "0e94.dir", region: str = "eu-north-1", epochs: int = 1):
    done = split(bucket=bucket, folder=folder, region=region, prefix="done", share=0.2, seed=0)
    fitted = train(address=done.output, region=region, prefix="models", run="1", epochs=epochs, weights="yolo11n.pt")
    fitted.set_accelerator_type("nvidia.com/gpu").set_accelerator_limit(1)
    kubernetes.add_toleration(fitted, key="gpu", operator="Exists")
    judged = judge(model=fitted.output, region=region)
    with dsl.If(judged.outputs["Output"] > 0.5):
        register(
            model=fitted.output, map50=judged.outputs["Output"], region=region, prefix="served", run="1", name="plates"
        )


if __name__ == "__main__":
    compiler.Compiler().compile(plates, "plates.yaml")
