"""Rates of learning that Katib tries."""

import kubeflow.katib as katib

SPACE = "plates"


def tried(parameters):
    import shutil
    from pathlib import Path

    import boto3
    from ultralytics import YOLO

    root = Path("/tmp/yolo")
    s3 = boto3.client("s3", region_name="eu-north-1")
    s3.download_file("plates", "done.zip", str(root / "done.zip"))
    shutil.unpack_archive(root / "done.zip", root)
    model = YOLO("yolo11n.pt")
    model.train(data=str(root / "data.yaml"), epochs=int(parameters["epochs"]), lr0=float(parameters["lr0"]))
    found = model.val(data=str(root / "data.yaml"), plots=False)
    print("map50=" + str(found.box.map50))


def parameters():
    return {
        "lr0": katib.search.double(min=0.001, max=0.05),
        "epochs": katib.search.categorical(["3", "5"]),
    }


def main():
    client = katib.KatibClient(namespace=SPACE)
    client.tune(
        name="plates-sweep",
        objective=tried,
        parameters=parameters(),
        objective_metric_name="map50",
        max_trial_count=4,
        packages_to_install=["opencv-python-headless", "ultralytics", "boto3"],
        resources_per_trial={"cpu": "2"},
    )


if __name__ == "__main__":
    main()
