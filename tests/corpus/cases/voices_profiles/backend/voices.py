from __future__ import annotations

import io
import logging
from typing import Dict, List, Optional, Tuple

import numpy as np
from scipy.spatial.distance import cosine

from backend.config import COLLECTION, VOICE_TOKEN
from backend.models.profile import Profile

log = logging.getLogger(__name__)

_pipeline = None
_embedder = None


def _get_pipeline():
    global _pipeline
    if _pipeline is None:
        if not VOICE_TOKEN:
            log.warning("no token for %s", COLLECTION)
            return None
        from pyannote.audio import Pipeline

        _pipeline = Pipeline.from_pretrained("pyannote/speaker-diarization-3.1", use_auth_token=VOICE_TOKEN)
    return _pipeline


def _get_embedder():
    global _embedder
    if _embedder is None:
        if not VOICE_TOKEN:
            return None
        from pyannote.audio import Inference

        _embedder = Inference("pyannote/embedding", use_auth_token=VOICE_TOKEN)
    return _embedder


class Voices:
    def __init__(self) -> None:
        self._profiles: Dict[str, Profile] = {}
        self._least: float = 0.70

    def turns(self, path: str) -> List[Dict]:
        pipeline = _get_pipeline()
        if pipeline is None:
            return [{"speaker": "unknown", "start": 0.0, "end": 0.0}]
        found = []
        for turn, _, label in pipeline(path).itertracks(yield_label=True):
            found.append({"speaker": label, "start": turn.start, "end": turn.end})
        return found

    def embedded(self, path: str) -> Optional[List[float]]:
        model = _get_embedder()
        if model is None:
            return None
        return model(path).data.flatten().tolist()

    def embedded_bytes(self, data: bytes, rate: int = 16000) -> Optional[List[float]]:
        model = _get_embedder()
        if model is None:
            return None

        import soundfile as sf

        sound, its_rate = sf.read(io.BytesIO(data))
        if its_rate != rate:
            import librosa

            sound = librosa.resample(sound, orig_sr=its_rate, target_sr=rate)

        import os
        import tempfile

        file = tempfile.NamedTemporaryFile(suffix=".wav", delete=False)
        try:
            sf.write(file.name, sound, rate)
            return model(file.name).data.flatten().tolist()
        finally:
            os.unlink(file.name)

    def nearest(self, voice: List[float]) -> Tuple[Optional[str], float]:
        if not voice or not self._profiles:
            return None, 0.0
        best, nearness = None, 0.0
        query = np.array(voice)
        for key, profile in self._profiles.items():
            if not profile.voice:
                continue
            its = 1.0 - cosine(query, np.array(profile.voice))
            if its > nearness:
                best, nearness = key, its
        return (best, nearness) if nearness >= self._least else (None, nearness)

    def made(self, voice: Optional[List[float]] = None, name: Optional[str] = None) -> Profile:
        profile = Profile(voice=voice or [], name=name)
        self._profiles[profile.id] = profile
        log.info("made %s", profile.id)
        return profile

    def known_or_made(self, voice: Optional[List[float]], name: str = "Unknown") -> Profile:
        if voice:
            key, _ = self.nearest(voice)
            if key:
                return self._profiles[key]
        return self.made(voice=voice, name=name)

    def one(self, key: str) -> Optional[Profile]:
        return self._profiles.get(key)

    def all(self) -> List[Profile]:
        return list(self._profiles.values())

    def changed(self, key: str, values: Dict) -> Optional[Profile]:
        profile = self._profiles.get(key)
        if profile is None:
            return None

        import time

        for name, value in values.items():
            if hasattr(profile, name):
                setattr(profile, name, value)
        profile.changed = time.time()
        self._profiles[key] = profile
        return profile


voices = Voices()
