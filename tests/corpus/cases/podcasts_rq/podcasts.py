from __future__ import annotations

import dataclasses
import logging
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser
import psycopg2
import requests
from mutagen.mp3 import MP3
from sshtunnel import SSHTunnelForwarder
from tqdm import tqdm

from worker import queue

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from pydub import AudioSegment as Sound

log = logging.getLogger(__name__)
FOLDER = Path("audio")


@dataclasses.dataclass
class Episode:
    title: str
    url: str
    path: Path | None = None

    @property
    def name(self) -> str:
        return re.sub(r"\W+", "_", self.title).lower()


def episodes(feed_url: str) -> list[Episode]:
    feed = feedparser.parse(feed_url)
    return [Episode(item.title, item.enclosures[0].href) for item in feed.entries if item.get("enclosures")]


def fetched(episode: Episode) -> Path:
    episode.path = FOLDER / f"{episode.name}.mp3"
    with requests.get(episode.url, stream=True, timeout=30) as answer, open(episode.path, "wb") as out:
        size = int(answer.headers.get("content-length", 0))
        with tqdm(total=size, unit="B", unit_scale=True) as bar:
            for chunk in answer.iter_content(65536):
                bar.update(out.write(chunk))
    return episode.path


def seconds(path):
    return MP3(path).info.length


def as_wav(path: Path) -> Path:
    target = path.with_suffix(".wav")
    subprocess.run(["ffmpeg", "-i", str(path), "-ar", "16000", str(target)], check=True)
    return target


def model(size: str = "base") -> WhisperModel:
    from faster_whisper import WhisperModel

    return WhisperModel(size, compute_type="int8")


def transcribed(path: Path, whisper: WhisperModel) -> list[tuple[float, str]]:
    segments, info = whisper.transcribe(str(path), beam_size=5)
    log.info("%s: %s", path, info.language)
    return [(one.start, one.text.strip()) for one in segments]


def louder(sound: Sound, by: float = 6.0):
    return sound + by


def cut(path, start, end):
    from pydub import AudioSegment

    piece = louder(AudioSegment.from_mp3(path))[start * 1000 : end * 1000]
    piece.export(FOLDER / "piece.mp3", format="mp3")


def stored(rows, title):
    with SSHTunnelForwarder("db.example.org", remote_bind_address=("localhost", 5432)) as tunnel:
        with psycopg2.connect(port=tunnel.local_bind_port, dbname="podcasts") as connection:
            connection.cursor().executemany("insert into lines values (%s, %s, %s)", [(title, *row) for row in rows])


def one_episode(title: str, url: str):
    episode = Episode(title, url)
    rows = transcribed(as_wav(fetched(episode)), model())
    stored(rows, episode.title)


def main():
    for episode in episodes("https://feeds.example.org/talk.xml"):
        queue.enqueue(one_episode, episode.title, episode.url, job_timeout="2h")


if __name__ == "__main__":
    main()
