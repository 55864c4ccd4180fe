"""Trains on what lies in a folder, from a shell."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path

import yaml
from ultralytics import YOLO
from ultralytics.data.utils import check_det_dataset

ROOT = Path(__file__).resolve().parent


def parsed(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=Path, default=ROOT / "train.yaml")
    parser.add_argument("--data", type=Path, default=ROOT / "data.yaml")
    parser.add_argument("--epochs", type=int, default=None)
    return parser.parse_args(argv)


def settings_of(path: Path, changes: dict[str, object]) -> dict:
    found = yaml.safe_load(path.read_text())
    found.update({k: v for k, v in changes.items() if v is not None})
    return found


def checked(args: argparse.Namespace) -> Path:
    found = check_det_dataset(str(args.data))
    print({key: found[key] for key in ("nc", "names")})
    return args.data


def train(data: Path, settings: dict) -> tuple[Path, dict]:
    settings = dict(settings)
    model = YOLO(settings.pop("model"))
    start = time.time()
    found = model.train(data=str(data), **settings)
    print(f"{time.time() - start:.0f}s")
    return Path(found.save_dir), {"map50": found.results_dict["metrics/mAP50(B)"]}


def validated(folder: Path, data: Path, settings: dict) -> dict:
    best = YOLO(str(folder / "weights" / "best.pt"))
    found = best.val(data=str(data), imgsz=settings["imgsz"], plots=False)
    return {"map50": found.box.map50, "recall": found.box.mr}


def collected(target: Path, folder: Path, settings: dict, measures: dict) -> Path:
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy2(folder / "weights" / "best.pt", target / "best.pt")
    (target / "summary.json").write_text(json.dumps({"settings": settings, "measures": measures}, indent=2))
    return target


def main(argv: list[str] | None = None) -> int:
    args = parsed(argv)
    settings = settings_of(args.settings, {"epochs": args.epochs})
    data = checked(args)
    folder, measures = train(data, settings)
    for name, value in measures.items():
        print(f"{name:24} {value:.4f}")
    print(collected(ROOT / "artifacts", folder, settings, validated(folder, data, settings)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
