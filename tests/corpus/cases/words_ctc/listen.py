"""Tunes Wav2Vec2 to a dialect, letter by letter."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Union

import datasets
import evaluate
import numpy as np
import torch
import torchaudio
from transformers import (
    Trainer,
    TrainingArguments,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    Wav2Vec2Processor,
    Wav2Vec2ProcessorWithLM,
    pipeline,
)

RATE = 16_000
DROPPED = re.compile(r"[\,\?\.\!\-\;\:\"]")


def clean(row):
    row["sentence"] = DROPPED.sub("", row["sentence"]).lower() + " "
    return row


def letters(rows, path: Path) -> Path:
    found = sorted(set("".join(rows["sentence"])))
    table = {one: at for at, one in enumerate(found)}
    table["|"] = table.pop(" ")
    table["[UNK]"], table["[PAD]"] = len(table), len(table) + 1
    path.write_text(json.dumps(table))
    return path


def processor_of(path: Path) -> Wav2Vec2Processor:
    tokenizer = Wav2Vec2CTCTokenizer(str(path), unk_token="[UNK]", pad_token="[PAD]", word_delimiter_token="|")
    extractor = Wav2Vec2FeatureExtractor(feature_size=1, sampling_rate=RATE, padding_value=0.0, return_attention_mask=True)
    return Wav2Vec2Processor(feature_extractor=extractor, tokenizer=tokenizer)


def heard(row):
    samples, rate = torchaudio.load(row["path"])
    row["speech"] = torchaudio.transforms.Resample(rate, RATE)(samples)[0].numpy()
    return row


def prepared(row, processor):
    row["input_values"] = processor(row["speech"], sampling_rate=RATE).input_values[0]
    row["labels"] = processor.tokenizer(row["sentence"]).input_ids
    return row


@dataclass
class Padding:
    processor: Wav2Vec2Processor
    length: Optional[int] = None

    def __call__(self, rows: List[Dict[str, Union[List[int], torch.Tensor]]]) -> Dict[str, torch.Tensor]:
        sounds = [{"input_values": one["input_values"]} for one in rows]
        batch = self.processor.pad(sounds, padding=True, max_length=self.length, return_tensors="pt")
        known = self.processor.tokenizer.pad([{"input_ids": one["labels"]} for one in rows], return_tensors="pt")
        batch["labels"] = known["input_ids"].masked_fill(known.attention_mask.ne(1), -100)
        return batch


def judge_of(processor):
    wer = evaluate.load("wer")

    def judge(guess):
        ids = np.argmax(guess.predictions, axis=-1)
        guess.label_ids[guess.label_ids == -100] = processor.tokenizer.pad_token_id
        known = processor.batch_decode(guess.label_ids, group_tokens=False)
        return {"wer": wer.compute(predictions=processor.batch_decode(ids), references=known)}

    return judge


def rows_of(folder: Path):
    rows = datasets.load_dataset("csv", data_files=str(folder / "rows.tsv"), delimiter="\t", split="train")
    return rows.map(clean).train_test_split(0.1, seed=1)


def tuned(folder: Path, out: Path):
    rows = rows_of(folder)
    processor = processor_of(letters(rows["train"], out / "vocab.json"))
    ready = rows.map(heard).map(prepared, fn_kwargs={"processor": processor}, num_proc=4)
    model = Wav2Vec2ForCTC.from_pretrained(
        "facebook/wav2vec2-large-xlsr-53", ctc_loss_reduction="mean", vocab_size=len(processor.tokenizer)
    )
    model.freeze_feature_encoder()
    trainer = Trainer(
        model=model,
        args=TrainingArguments(output_dir=str(out), group_by_length=True, fp16=True, report_to="mlflow"),
        train_dataset=ready["train"],
        eval_dataset=ready["test"],
        data_collator=Padding(processor),
        compute_metrics=judge_of(processor),
    )
    trainer.train()
    trainer.save_model()
    processor.save_pretrained(out)


def with_words(out: Path):
    reader = Wav2Vec2ProcessorWithLM.from_pretrained(out)
    model = Wav2Vec2ForCTC.from_pretrained(out).eval()
    return reader, model


def written(out: Path, sound: Path) -> str:
    reader, model = with_words(out)
    samples, rate = torchaudio.load(sound)
    inputs = reader(samples[0].numpy(), sampling_rate=rate, return_tensors="pt")
    with torch.no_grad():
        guess = model(**inputs).logits
    return reader.batch_decode(guess.numpy()).text[0]


def quick(out: Path, sounds: List[Path]) -> List[str]:
    listen = pipeline("automatic-speech-recognition", model=str(out), device_map="auto")
    return [one["text"] for one in listen([str(each) for each in sounds], batch_size=8)]


if __name__ == "__main__":
    tuned(Path("dialect"), Path("out"))
    print(written(Path("out"), Path("a.wav")), quick(Path("out"), [Path("b.wav")]))
