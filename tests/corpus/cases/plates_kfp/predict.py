"""Asks the served model for the plates of a picture."""

from __future__ import annotations

import argparse
import json
import urllib.request

import cv2
import numpy as np

SIDE = 640


def prepared(path: str) -> tuple[np.ndarray, float]:
    image = cv2.imread(path)
    if image is None:
        raise SystemExit(f"cannot read {path}")
    height, width = image.shape[:2]
    scale = min(SIDE / height, SIDE / width)
    small = cv2.resize(image, (int(width * scale), int(height * scale)))
    canvas = np.full((SIDE, SIDE, 3), 114, dtype=np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    return cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB).astype(np.float32).transpose(2, 0, 1)[None] / 255.0, scale


def decoded(output: np.ndarray, scale: float, least: float) -> list[dict]:
    guesses = output[0].T
    scores = guesses[:, 4:].max(axis=1)
    boxes = guesses[:, :4].copy()
    boxes[:, 0] -= boxes[:, 2] / 2
    boxes /= scale
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), least, 0.45)
    return [{"box": [round(float(v), 1) for v in boxes[i]], "score": float(scores[i])} for i in np.array(kept).flatten()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image")
    args = parser.parse_args()
    blob, scale = prepared(args.image)
    payload = json.dumps({"inputs": [{"shape": list(blob.shape), "data": blob.flatten().tolist()}]}).encode()
    with urllib.request.urlopen(urllib.request.Request("http://plates.example.org/infer", data=payload)) as answer:
        out = json.load(answer)["outputs"][0]
    tensor = np.array(out["data"], dtype=np.float32).reshape(out["shape"])
    for one in decoded(tensor, scale, 0.25):
        print(one["score"], one["box"])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
