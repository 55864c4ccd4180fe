"""Labels as Labelbox gives them, as files of VOC."""

import glob
import os
import shutil
from typing import Dict, List
from xml.dom import minidom
from xml.etree import ElementTree

import pandas as pd
from PIL import Image
from sklearn.model_selection import train_test_split
from zenml.logger import get_logger

logger = get_logger(__name__)
PARTS = ("train", "val", "test")


def make_folders(base: str) -> None:
    for part in PARTS:
        folder = os.path.join(base, part, "annotations")
        if os.path.exists(folder):
            shutil.rmtree(folder)
        os.makedirs(folder)
        logger.info(f"made {folder}")


def labels_of(exported: List[dict]) -> List[str]:
    found = set()
    for one in exported:
        found |= {box["value"] for box in one["Label"]["objects"]}
    return sorted(found)


def boxes_of(exported: List[dict], images: str) -> pd.DataFrame:
    rows = []
    for one in exported:
        with Image.open(os.path.join(images, one["External ID"])) as image:
            width, height = image.size
        for box in one["Label"]["objects"]:
            place = box["bbox"]
            rows.append((one["External ID"], width, height, box["value"], place["left"], place["top"]))
    return pd.DataFrame(rows, columns=["file", "width", "height", "label", "left", "top"])


def pretty(element: ElementTree.Element) -> str:
    return minidom.parseString(ElementTree.tostring(element)).toprettyxml(indent=" ")


def written(boxes: pd.DataFrame, base: str, share: float) -> Dict[str, int]:
    names = boxes["file"].unique()
    train, rest = train_test_split(names, test_size=share, random_state=7)
    val, test = train_test_split(rest, test_size=0.5, random_state=7)
    counted = {}
    for part, some in zip(PARTS, (train, val, test)):
        for name in some:
            root = ElementTree.Element("annotation")
            for row in boxes[boxes["file"] == name].itertuples():
                ElementTree.SubElement(root, "object").text = f"{row.label} {row.left} {row.top}"
            with open(os.path.join(base, part, "annotations", f"{name}.xml"), "w") as f:
                f.write(pretty(root))
        counted[part] = len(some)
    return counted


def counted_files(base: str) -> int:
    return len(glob.glob(f"{base}/**/*.xml", recursive=True))
