"""Classes of crops on pictures from a bucket, in batches that Ray spreads over its workers."""

import pickle

import torch
import torchvision.models as models
from flytekit import FlyteContextManager, Resources, task, workflow
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile
from flytekitplugins.ray import RayJobConfig, WorkerNodeConfig
from flytekitplugins.ray.task import ray
from PIL import Image
from torchvision import transforms

IMAGE = "registry.example.org/crops:3"

prepare = transforms.Compose(
    [
        transforms.Resize(232),
        transforms.CenterCrop(224),
        transforms.ToTensor(),
        transforms.Normalize(mean=[0.48, 0.46, 0.41], std=[0.23, 0.22, 0.22]),
    ]
)


@ray.remote(num_gpus=1)
def classify(files: list[FlyteFile], size: int, number: int, bucket: str) -> str:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = models.resnet18(weights="DEFAULT").to(device)
    model.eval()

    classes = []
    for first in range(0, len(files), size):
        pictures = []
        for file in files[first : first + size]:
            file.download()
            picture = Image.open(file.path).convert("RGB")
            pictures.append(prepare(picture).unsqueeze(0).to(device))
        out = model(torch.cat(pictures, dim=0))
        classes += torch.argmax(out, dim=1).cpu().tolist()

    by_name = {file.remote_source.split("/")[-1]: one for file, one in zip(files, classes)}
    context = FlyteContextManager.current_context()
    name = f"part_{number}.pkl"
    with open(name, "wb") as out_file:
        pickle.dump(by_name, out_file)
    context.file_access.put_data(name, f"{bucket}/{name}")
    return f"{bucket}/{name}"


@task(
    container_image=IMAGE,
    requests=Resources(mem="6Gi", cpu="2", gpu="1"),
    task_config=RayJobConfig(worker_node_config=[WorkerNodeConfig(group_name="crops", replicas=3)]),
)
def classify_all(source: str, target: str, batch: int, size: int):
    folder = FlyteDirectory.from_source(source)
    files = FlyteDirectory.listdir(folder)[1:]
    waiting = [
        classify.remote(files[first : first + batch], size, number, target)
        for number, first in enumerate(range(0, len(files), batch))
    ]
    print(ray.get(waiting))


@workflow
def crops(source: str, target: str, batch: int, size: int):
    classify_all(source=source, target=target, batch=batch, size=size)
