import json
import subprocess
import sys
from pathlib import Path

import torch
from huggingface_hub import HfApi
from omegaconf import OmegaConf

HERE = Path(__file__).parent


def settings(path="tune.yaml"):
    return OmegaConf.load(HERE / path)


def cards():
    return torch.cuda.device_count()


def command(number):
    return ["accelerate", "launch", "--num_processes", str(number), "tune.py"]


def launch():
    subprocess.run(["accelerate", "launch", "--num_processes", "2", "tune.py"], check=True, cwd=HERE)


def plain():
    subprocess.run([sys.executable, "tune.py"], check=True, cwd=HERE)


def by_shell(flags=""):
    subprocess.check_call(f"python tune.py {flags}", shell=True)


def publish(folder, repo):
    HfApi().upload_folder(folder_path=folder, repo_id=repo)


def note(config, path):
    Path(path).write_text(json.dumps(dict(config)))


def main():
    config = settings()
    note(config, "used.json")
    launch() if cards() > 1 else plain()
    publish("results", config.repo)


if __name__ == "__main__":
    main()
