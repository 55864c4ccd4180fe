from __future__ import annotations

import argparse
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import whisper
import yt_dlp
from pydub import AudioSegment, silence

try:
    import webrtcvad
except ImportError:
    webrtcvad = None

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 16_000


def fetch(url: str, folder: Path) -> Path:
    options = {
        "format": "bestaudio/best",
        "outtmpl": str(folder / "%(id)s.%(ext)s"),
        "postprocessors": [{"key": "FFmpegExtractAudio", "preferredcodec": "mp3"}],
    }
    with yt_dlp.YoutubeDL(options) as loader:
        info = loader.extract_info(url, download=True)
        return Path(loader.prepare_filename(info)).with_suffix(".mp3")


def samples(path: Path) -> np.ndarray:
    command = ["ffmpeg", "-nostdin", "-i", str(path), "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.int16).flatten().astype(np.float32) / 32768.0


def louder(path: Path, by: float = 6.0) -> Path:
    sound = AudioSegment.from_file(path)
    out = path.with_name(path.stem + "-loud.wav")
    (sound + by).export(out, format="wav")
    return out


def parts(path: Path) -> Iterator[tuple[int, int]]:
    sound = AudioSegment.from_file(path)
    yield from silence.detect_nonsilent(sound, min_silence_len=700)


@functools.lru_cache
def model_of(size: str):
    return whisper.load_model(size)


def words(wave, size: str = "base") -> list[dict]:
    return model_of(size).transcribe(wave, fp16=False)["segments"]


def speech_only(wave):
    if webrtcvad is None:
        return wave
    vad = webrtcvad.Vad(2)
    step = RATE // 100
    frames = [wave[i : i + step] for i in range(0, len(wave), step)]
    return np.concatenate([f for f in frames if vad.is_speech(f.tobytes(), RATE)])


def subtitle(segments) -> str:
    return "\n".join(f"{s['start']:.1f} {s['text'].strip()}" for s in segments)


def burn(video: str, subtitles: str, out: str) -> None:
    if shutil.which("ffmpeg") is None:
        raise SystemExit("ffmpeg is missing")
    subprocess.check_call(f"ffmpeg -i {video} -vf subtitles={subtitles} {out}", shell=True)


def main(url: str) -> None:
    folder = Path(tempfile.mkdtemp())
    wave = speech_only(samples(louder(fetch(url, folder))))
    (folder / "talk.srt").write_text(subtitle(words(wave)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    main(parser.parse_args().url)
