import logging
from pathlib import Path
from typing import Dict, List, Optional, Tuple, Union

import librosa
import numpy as np
import pyloudnorm as pyln
import soundfile as sf

from .records import Records

logging.basicConfig(level=logging.INFO, handlers=[logging.StreamHandler()])


class Leveller:
    def __init__(self, target: float = -23.0, method: str = "ebu", block: float = 0.4):
        self.target = target
        self.method = method.lower()
        self.block = block
        self.records = Records()
        if self.method not in ("ebu", "rms"):
            raise ValueError(method)
        self.out_dir = Path("processed/level")
        self.out_dir.mkdir(parents=True, exist_ok=True)

    def measured(self, wave: np.ndarray, rate: int) -> Dict[str, float]:
        if wave.ndim > 1:
            wave = np.mean(wave, axis=0)
        meter = pyln.Meter(rate, block_size=self.block)
        loud = meter.integrated_loudness(wave)
        rms = np.sqrt(np.mean(wave**2))
        peak = np.max(np.abs(wave))
        return {"lufs": loud, "rms": 20 * np.log10(rms) if rms > 0 else -100, "peak": peak}

    def levelled(self, wave: np.ndarray, rate: int) -> Tuple[np.ndarray, Dict[str, float]]:
        before = self.measured(wave, rate)
        if self.method == "ebu":
            meter = pyln.Meter(rate)
            wave = pyln.normalize.loudness(wave, meter.integrated_loudness(wave), self.target)
        else:
            wave = wave * (10 ** (self.target / 20) / np.sqrt(np.mean(wave**2)))
        if np.max(np.abs(wave)) > 0.99:
            wave = np.clip(wave, -0.99, 0.99)
        return wave, {"before": before, "after": self.measured(wave, rate)}

    def file(self, path: Union[str, Path]) -> Optional[str]:
        path = Path(path)
        row = self.records.status(path.name)
        if not row:
            logging.error("no record of %s", path)
            return None
        row_id = str(row["_id"])
        try:
            wave, rate = librosa.load(path, sr=None, mono=True)
            wave, about = self.levelled(wave, rate)
            out = self.out_dir / path.name
            sf.write(out, wave, rate, subtype="PCM_16")
            self.records.stage(row_id, "level", True, about)
            return str(out)
        except Exception as error:
            self.records.stage(row_id, "level", False, {"error": str(error)})
            return None

    def folder(self, path: Union[str, Path]) -> List[str]:
        done = [self.file(one) for one in Path(path).glob("**/*.wav")]
        return [one for one in done if one]


def main(folder: str) -> int:
    return len(Leveller().folder(folder))
