import subprocess
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
from loguru import logger
from moviepy import CompositeVideoClip, VideoFileClip

from clips import focus


@dataclass
class Part:
    start: float
    end: float
    title: str

    @property
    def length(self):
        return self.end - self.start


def probe(path):
    streams = ffmpeg.probe(str(path))["streams"]
    video = next(one for one in streams if one["codec_type"] == "video")
    return int(video["width"]), int(video["height"])


def upright(path: Path, part: Part, out: Path) -> Path:
    width, height = probe(path)
    x = focus.middle(path, part.start, part.end) or 0.5
    wide = int(height * 9 / 16)
    left = max(0, min(width - wide, int(x * width - wide / 2)))
    source = ffmpeg.input(str(path), ss=part.start, t=part.length)
    picture = source.video.crop(left, 0, wide, height).filter("scale", 1080, 1920)
    ffmpeg.output(picture, source.audio, str(out), vcodec="libx264").run(overwrite_output=True)
    logger.info("cut {}", out)
    return out


def stacked(path, part, out):
    clip = VideoFileClip(str(path)).subclipped(part.start, part.end)
    face, chat = focus.regions(path)
    size = clip.size
    parts = [clip.cropped(x1=box[0] * size[0], x2=box[2] * size[0]) for box in (face, chat)]
    CompositeVideoClip(parts).write_videofile(str(out), fps=30)


def thumbnail(path, second, out):
    subprocess.run(["ffmpeg", "-ss", str(second), "-i", str(path), "-frames:v", "1", str(out)], check=True)


def all_parts(path, parts, folder):
    return [upright(path, one, folder / f"{one.title}.mp4") for one in parts if one.length > 3]


def read_parts(path):
    rows = [line.split(",") for line in Path(path).read_text().splitlines()]
    return [Part(float(start), float(end), title) for start, end, title in rows]


if __name__ == "__main__":
    all_parts(Path("talk.mp4"), read_parts("parts.csv"), Path("out"))
