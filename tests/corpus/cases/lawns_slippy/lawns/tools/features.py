"""Takes lawns out of predicted masks."""

import numpy as np
from PIL import Image
from tqdm import tqdm

from lawns.features.lawn import LawnHandler
from lawns.tiles import walk

handlers = {"lawn": LawnHandler}


def main(args):
    handler = handlers[args.kind]()
    for tile, path in tqdm(list(walk(args.masks)), unit="mask"):
        image = np.array(Image.open(path).convert("P"), dtype=np.uint8)
        handler.apply(tile, (image == 1).astype(np.uint8))
    handler.save(args.out)
