"""Pictures beside their masks."""

from pathlib import Path
from typing import List, Tuple

from tqdm import tqdm


def samples(images: Path, masks: Path) -> List[Tuple[Path, Path]]:
    named = {one.stem: one for one in tqdm(masks.rglob("*.png"))}
    return [(one, named[one.stem]) for one in sorted(images.rglob("*.jpg")) if one.stem in named]
