"""Tunes a detector of masks and gloves, and judges its boxes."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Mapping, Optional

import albumentations as A
import numpy as np
import torch
from datasets import load_dataset
from torchmetrics.detection.mean_ap import MeanAveragePrecision
from transformers import (
    AutoConfig,
    AutoImageProcessor,
    AutoModelForObjectDetection,
    HfArgumentParser,
    Trainer,
    TrainingArguments,
)
from transformers.image_processing_utils import BatchFeature
from transformers.image_transforms import center_to_corners_format
from transformers.trainer import EvalPrediction


@dataclass
class Guess:
    logits: torch.Tensor
    pred_boxes: torch.Tensor


@dataclass
class DataOptions:
    name: str = field(default="cppe-5")
    side: Optional[int] = field(default=480)


def coco_of(number: str, kinds: list[int], areas: list[float], boxes: list) -> dict:
    rows = [
        {"image_id": number, "category_id": kind, "iscrowd": 0, "area": area, "bbox": list(box)}
        for kind, area, box in zip(kinds, areas, boxes)
    ]
    return {"image_id": number, "annotations": rows}


def corners(boxes: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    height, width = size
    return center_to_corners_format(boxes) * torch.tensor([[width, height, width, height]])


def changed(rows: Mapping[str, Any], change: A.Compose, processor: AutoImageProcessor) -> BatchFeature:
    pictures, notes = [], []
    for number, picture, objects in zip(rows["image_id"], rows["image"], rows["objects"]):
        done = change(image=np.array(picture.convert("RGB")), bboxes=objects["bbox"], category=objects["category"])
        pictures.append(done["image"])
        notes.append(coco_of(number, done["category"], objects["area"], done["bboxes"]))
    return processor(images=pictures, annotations=notes, return_tensors="pt")


def collated(batch: list[BatchFeature]) -> Mapping[str, Any]:
    return {
        "pixel_values": torch.stack([one["pixel_values"] for one in batch]),
        "labels": [one["labels"] for one in batch],
    }


@torch.no_grad()
def judged(found: EvalPrediction, processor: AutoImageProcessor, names: Mapping[int, str]) -> Mapping[str, float]:
    sizes, known, guessed = [], [], []
    for batch in found.label_ids:
        sizes.append(torch.tensor(np.array([one["orig_size"] for one in batch])))
        for one in batch:
            boxes = corners(torch.tensor(one["boxes"]), one["orig_size"])
            known.append({"boxes": boxes, "labels": torch.tensor(one["class_labels"])})
    for batch, size in zip(found.predictions, sizes):
        guess = Guess(logits=torch.tensor(batch[1]), pred_boxes=torch.tensor(batch[2]))
        guessed.extend(processor.post_process_object_detection(guess, threshold=0.0, target_sizes=size))
    metric = MeanAveragePrecision(box_format="xyxy", class_metrics=True)
    metric.update(guessed, known)
    told = metric.compute()
    for kind, value in zip(told.pop("classes"), told.pop("map_per_class")):
        told[f"map_{names[kind.item()]}"] = value
    return {name: round(value.item(), 3) for name, value in told.items() if value.numel() == 1}


def main() -> None:
    options, arguments = HfArgumentParser((DataOptions, TrainingArguments)).parse_args_into_dataclasses()
    rows = load_dataset(options.name)
    names = dict(enumerate(rows["train"].features["objects"].feature["category"].names))
    config = AutoConfig.from_pretrained("facebook/detr-resnet-50", id2label=names)
    model = AutoModelForObjectDetection.from_pretrained("facebook/detr-resnet-50", config=config)
    processor = AutoImageProcessor.from_pretrained("facebook/detr-resnet-50", do_pad=True)
    change = A.Compose(
        [A.LongestMaxSize(options.side), A.HorizontalFlip(p=0.5)],
        bbox_params=A.BboxParams(format="coco", label_fields=["category"]),
    )
    rows["train"] = rows["train"].with_transform(partial(changed, change=change, processor=processor))
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=rows["train"],
        eval_dataset=rows["test"],
        processing_class=processor,
        data_collator=collated,
        compute_metrics=partial(judged, processor=processor, names=names),
    )
    trainer.train()
    trainer.save_model()


if __name__ == "__main__":
    main()
