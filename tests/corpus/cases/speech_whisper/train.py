"""Tunes Whisper to two languages, and judges it by words and letters."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Union

import evaluate
import librosa
import numpy as np
import torch
import yaml
from datasets import Audio, DatasetDict, concatenate_datasets, load_dataset
from peft import LoraConfig, get_peft_model
from transformers import (
    EarlyStoppingCallback,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    WhisperForConditionalGeneration,
    WhisperProcessor,
)

RATE = 16_000


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", type=Path, default=Path("settings.yml"))
    return parser.parse_args()


def settings_of(path: Path) -> dict:
    found = yaml.safe_load(path.read_text())
    found["token"] = os.environ.get("HF_TOKEN")
    return found


def loaded(names: List[str], share: float) -> DatasetDict:
    parts = [load_dataset(one, split="train").cast_column("audio", Audio(sampling_rate=RATE)) for one in names]
    whole = concatenate_datasets(parts).shuffle(seed=7)
    return whole.train_test_split(test_size=share)


def resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    if rate == RATE:
        return samples
    return librosa.resample(samples, orig_sr=rate, target_sr=RATE)


def preparer(processor: WhisperProcessor):
    def prepare(batch):
        audio = batch["audio"]
        samples = resampled(np.asarray(audio["array"]), audio["sampling_rate"])
        batch["input_features"] = processor.feature_extractor(samples, sampling_rate=RATE).input_features[0]
        batch["labels"] = processor.tokenizer(batch["sentence"]).input_ids
        return batch

    return prepare


@dataclass
class Collator:
    processor: Any
    start: int

    def __call__(self, features: List[Dict[str, Union[List[int], torch.Tensor]]]) -> Dict[str, torch.Tensor]:
        given = [{"input_features": one["input_features"]} for one in features]
        batch = self.processor.feature_extractor.pad(given, return_tensors="pt")
        labels = self.processor.tokenizer.pad([{"input_ids": one["labels"]} for one in features], return_tensors="pt")
        masked = labels["input_ids"].masked_fill(labels.attention_mask.ne(1), -100)
        if (masked[:, 0] == self.start).all().cpu().item():
            masked = masked[:, 1:]
        batch["labels"] = masked
        return batch


def measurer(processor: WhisperProcessor):
    wer, cer = evaluate.load("wer"), evaluate.load("cer")

    def measured(guess):
        labels = np.where(guess.label_ids == -100, processor.tokenizer.pad_token_id, guess.label_ids)
        texts = processor.batch_decode(guess.predictions, skip_special_tokens=True)
        known = processor.batch_decode(labels, skip_special_tokens=True)
        return {
            "wer": wer.compute(predictions=texts, references=known),
            "cer": cer.compute(predictions=texts, references=known),
        }

    return measured


def main() -> None:
    settings = settings_of(parsed().settings)
    processor = WhisperProcessor.from_pretrained(settings["model"], task="transcribe")
    data = loaded(settings["data"], 0.1).map(preparer(processor))
    model = WhisperForConditionalGeneration.from_pretrained(settings["model"], load_in_8bit=True)
    model = get_peft_model(model, LoraConfig(r=32, lora_alpha=64, target_modules=["q_proj", "v_proj"]))
    trainer = Seq2SeqTrainer(
        model=model,
        args=Seq2SeqTrainingArguments(output_dir="out", predict_with_generate=True, report_to=["tensorboard"]),
        train_dataset=data["train"],
        eval_dataset=data["test"],
        data_collator=Collator(processor, model.config.decoder_start_token_id),
        compute_metrics=measurer(processor),
        callbacks=[EarlyStoppingCallback(early_stopping_patience=3)],
    )
    trainer.train()
    model.push_to_hub(settings["repo"], token=settings["token"])


if __name__ == "__main__":
    main()
