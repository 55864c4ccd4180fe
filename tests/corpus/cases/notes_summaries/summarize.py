"""Tunes a small model to shorten notes of meetings, by accelerate's own loop."""

import argparse
import math
from pathlib import Path

import evaluate
import nltk
import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from datasets import load_dataset
from torch.utils.data import DataLoader
from transformers import (
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    get_scheduler,
)

NAME = "google/mt5-small"


def reader():
    return AutoTokenizer.from_pretrained(NAME, use_fast=False)


def rows(reader, folder):
    data = load_dataset("json", data_files={"train": f"{folder}/train.jsonl", "test": f"{folder}/test.jsonl"})

    def numbered(batch):
        inputs = reader(batch["notes"], max_length=512, truncation=True)
        inputs["labels"] = reader(text_target=batch["short"], max_length=64, truncation=True)["input_ids"]
        return inputs

    return data.map(numbered, batched=True, remove_columns=data["train"].column_names)


def loaders(data, reader, model, batch):
    collate = DataCollatorForSeq2Seq(reader, model=model, label_pad_token_id=-100)
    train = DataLoader(data["train"], shuffle=True, collate_fn=collate, batch_size=batch)
    return train, DataLoader(data["test"], collate_fn=collate, batch_size=batch)


def lines(texts):
    return ["\n".join(nltk.sent_tokenize(one.strip())) for one in texts]


def judged(accelerator, model, loader, reader):
    rouge = evaluate.load("rouge")
    model.eval()
    for batch in loader:
        with torch.no_grad():
            made = accelerator.unwrap_model(model).generate(batch["input_ids"], attention_mask=batch["attention_mask"])
        made = accelerator.pad_across_processes(made, dim=1, pad_index=reader.pad_token_id)
        made, known = accelerator.gather_for_metrics((made, batch["labels"]))
        known = np.where(known.cpu().numpy() != -100, known.cpu().numpy(), reader.pad_token_id)
        said = reader.batch_decode(made.cpu().numpy(), skip_special_tokens=True)
        rouge.add_batch(predictions=lines(said), references=lines(reader.batch_decode(known, skip_special_tokens=True)))
    return rouge.compute(use_stemmer=True)


def tuned(args):
    accelerator = Accelerator(log_with="tensorboard", project_dir=str(args.out), gradient_accumulation_steps=4)
    set_seed(args.seed)
    words = reader()
    model = AutoModelForSeq2SeqLM.from_pretrained(NAME)
    train, test = loaders(rows(words, args.folder), words, model, args.batch)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.rate)
    steps = math.ceil(len(train) / 4) * args.epochs
    rates = get_scheduler("linear", optimizer=optimizer, num_warmup_steps=0, num_training_steps=steps)
    model, optimizer, train, test, rates = accelerator.prepare(model, optimizer, train, test, rates)
    accelerator.init_trackers("notes", config={"rate": args.rate})
    for epoch in range(args.epochs):
        model.train()
        for batch in train:
            with accelerator.accumulate(model):
                loss = model(**batch).loss
                accelerator.backward(loss)
                optimizer.step()
                rates.step()
                optimizer.zero_grad()
        scores = judged(accelerator, model, test, words)
        accelerator.log({**scores, "loss": loss.item()}, step=epoch)
        accelerator.save_state(str(args.out / f"epoch{epoch}"))
    accelerator.end_training()
    accelerator.unwrap_model(model).save_pretrained(args.out)
    return scores


def main():
    nltk.download("punkt_tab", quiet=True)
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", default="notes")
    parser.add_argument("--out", type=Path, default=Path("out"))
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=5)
    print(tuned(parser.parse_args()))


if __name__ == "__main__":
    main()
