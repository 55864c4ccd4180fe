from pathlib import Path
from typing import List

import m3u8
import requests
import streamlit as st
import yt_dlp
from openai import OpenAI


@st.cache_data(persist=True)
def about(url):
    """What a film is called, how long it is, its picture, and which subtitles it has."""
    options = {"writesubtitles": True, "allsubtitles": True}
    with yt_dlp.YoutubeDL(options) as loader:
        info = loader.extract_info(url, download=False)
    picture = requests.get(info["thumbnail"]).content
    subtitles = info.get("subtitles", {})
    spoken = info.get("automatic_captions", {})
    return {"picture": picture, "title": info["title"], "subtitles": {**subtitles, **spoken}}


@st.cache_data(persist=True)
def subtitles(one: dict) -> str:
    def cleaned(lines: List[str]) -> str:
        result = []
        seen = set()
        text = False
        for line in lines:
            if "-->" in line:
                text = True
            elif text:
                if line.strip() not in seen:
                    result.append(line.strip())
                    seen.add(line.strip())
                text = False
        return " ".join(result)

    def from_playlist(url):
        try:
            answer = requests.get(url)
            answer.raise_for_status()
            playlist = m3u8.loads(answer.text)
            parts = [part for part in playlist.segments if part.uri.endswith(".vtt")]
            if not parts:
                return "there are none"
            found = ""
            for part in parts:
                place = playlist.base_uri + part.uri if playlist.base_uri else part.uri
                found += requests.get(place).text + "\n"
            return found.strip()
        except requests.RequestException as fault:
            return f"not loaded: {fault}"

    url = one["url"]
    if one.get("protocol") and one["protocol"].startswith("m3u8"):
        text = from_playlist(url)
    elif not one.get("protocol"):
        answer = requests.get(url)
        answer.raise_for_status()
        text = answer.text
    else:
        raise ValueError(one)
    return cleaned(text.split("\n"))


@st.cache_data(persist=True)
def shortened(prompt: str, text: str):
    with OpenAI() as client:
        answer = client.chat.completions.create(
            model="gpt-4o-mini",
            messages=[{"role": "system", "content": prompt}, {"role": "user", "content": text}],
        )
    return answer.choices[0].message.content


@st.cache_data
def read(path: Path):
    with open(path) as file:
        text = file.read()
    return text


prompts = {
    "short": read(Path("prompts/short.md")),
    "points": read(Path("prompts/points.md")),
}


def prompt_of(kind: str):
    return prompts[kind] + "\n\nAnswer in English."


def human(n: int) -> str:
    assert 0 <= n < 10**12
    if n < 10**3:
        return str(n)
    return f"{n // 10**3}K" if n < 10**6 else f"{n // 10**6}M"


def clock(n: int) -> str:
    return f"{n // 60}:{n % 60}" if n < 3600 else f"{n // 3600}:{(n % 3600) // 60}:{n % 60}"
