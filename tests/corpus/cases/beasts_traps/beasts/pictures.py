import os
from io import BytesIO

import requests
from PIL import Image, ImageDraw, ImageFile, ImageFont

ImageFile.LOAD_TRUNCATED_IMAGES = True
COLOURS = ["AliceBlue", "Red", "RoyalBlue", "Gold"]


def opened(path):
    if path.startswith(("http://", "https://")):
        answer = requests.get(path, timeout=30)
        image = Image.open(BytesIO(answer.content))
    else:
        image = Image.open(path)
    if image.mode not in ("RGBA", "RGB", "L"):
        raise AttributeError("no kind of picture that is known")
    return image.convert(mode="RGB") if image.mode != "RGB" else image


def loaded(path):
    image = opened(path)
    image.load()
    return image


def resized(image, width, height=-1):
    share = image.size[1] / float(image.size[0])
    return image.resize((width, int(share * width) if height == -1 else height), Image.LANCZOS)


def boxed(image, found, threshold=0.8):
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default()
    for one in found:
        if one["conf"] >= threshold:
            x, y, w, h = one["bbox"]
            colour = COLOURS[int(one["category"]) % len(COLOURS)]
            draw.rectangle([x, y, x + w, y + h], outline=colour)
            draw.text((x, y), one["category"], fill="black", font=font)


def boxed_file(path, out, found):
    image = loaded(path)
    boxed(image, found)
    os.makedirs(os.path.dirname(out), exist_ok=True)
    image.save(out)


def plotted(counts, out):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.bar(list(counts), list(counts.values()))
    figure.savefig(out)
