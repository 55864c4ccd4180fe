import argparse
import os
import re
import subprocess
from datetime import datetime
from urllib.parse import parse_qs, urlparse

import torch
import whisper
import yt_dlp
from dotenv import load_dotenv
from moviepy import VideoFileClip
from pyannote.audio import Pipeline
from tqdm import tqdm


def safe_name(name):
    return re.sub(r"[^a-zA-Z0-9\s\-_]", "", name).replace(" ", "_")


def clock(seconds):
    minutes, seconds = divmod(seconds, 60)
    return f"{int(minutes):02d}:{seconds:06.3f}"


def video_id(url):
    parts = urlparse(url)
    if "youtube.com" in parts.netloc:
        return parse_qs(parts.query)["v"][0]
    return parts.path.strip("/") or None


class Bar:
    def __init__(self, total):
        self.bar = tqdm(total=total, unit="B", unit_scale=True)

    def update(self, count):
        self.bar.update(count)

    def close(self):
        self.bar.close()


def download(url, path):
    bar = None

    def hook(state):
        nonlocal bar
        if state["status"] == "downloading":
            if bar is None and "total_bytes" in state:
                bar = Bar(state["total_bytes"])
            if bar:
                bar.update(state["downloaded_bytes"] - bar.bar.n)
        elif bar:
            bar.close()

    with yt_dlp.YoutubeDL({"format": "best", "outtmpl": path, "progress_hooks": [hook]}) as loader:
        return loader.extract_info(url, download=True).get("title")


def as_wav(path):
    wav = path.rsplit(".", 1)[0] + ".wav"
    if not os.path.exists(wav):
        video = VideoFileClip(path)
        video.audio.write_audiofile(wav)
        video.close()
    return wav


def speakers(path):
    load_dotenv()
    pipeline = Pipeline.from_pretrained("pyannote/speaker-diarization", use_auth_token=os.getenv("HF_TOKEN"))
    if torch.cuda.is_available():
        pipeline.to(torch.device("cuda"))
    found = pipeline(as_wav(path))
    return [{"start": turn.start, "end": turn.end, "who": who} for turn, _, who in found.itertracks(yield_label=True)]


def said(path, size="base"):
    model = whisper.load_model(size)
    return model.transcribe(path)["segments"]


def joined(parts, turns):
    for part in parts:
        for turn in turns:
            if turn["start"] <= part["start"] <= turn["end"]:
                part["who"] = turn["who"]
                break
    return parts


def written(parts, title, path):
    with open(path, "w") as out:
        out.write(f"{title}\n\n")
        for part in parts:
            out.write(f"[{clock(part['start'])}] {part.get('who', '?')}: {part['text'].strip()}\n")


def logged_in():
    try:
        subprocess.run(["huggingface-cli", "whoami"], check=True, capture_output=True)
        return True
    except subprocess.CalledProcessError:
        return False


def main(url):
    if not video_id(url):
        raise ValueError(url)
    path = os.path.join("videos", f"{datetime.now():%Y%m%d}.mp4")
    title = download(url, path)
    turns = speakers(path)
    written(joined(said(path), turns), title, os.path.join("texts", f"{safe_name(title)}.txt"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    if not logged_in():
        raise SystemExit("log in first")
    main(parser.parse_args().url)
