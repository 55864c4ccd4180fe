import os

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import evaluate
import numpy as np
from datasets import load_dataset
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
)

BASE = "example/small-bert"
metric = evaluate.load("accuracy")


def tokenizer_of(name=BASE):
    return AutoTokenizer.from_pretrained(name)


def reviews(limit=None):
    data = load_dataset("csv", data_files={"train": "train.csv", "test": "test.csv"})
    return data if limit is None else data["train"].select(range(limit))


def encode(batch, tokenizer):
    return tokenizer(batch["text"], truncation=True, max_length=200)


def encoded(data, tokenizer):
    return data.map(lambda batch: encode(batch, tokenizer), batched=True)


def scores(pair):
    logits, labels = pair
    return metric.compute(predictions=np.argmax(logits, axis=-1), references=labels)


def model_of(name=BASE, labels=2):
    return AutoModelForSequenceClassification.from_pretrained(name, num_labels=labels)


def trainer_of(data, tokenizer, out="results"):
    settings = TrainingArguments(output_dir=out, num_train_epochs=2, report_to="tensorboard")
    return Trainer(
        model=model_of(),
        args=settings,
        train_dataset=data["train"],
        eval_dataset=data["test"],
        data_collator=DataCollatorWithPadding(tokenizer=tokenizer),
        compute_metrics=scores,
    )


def steps_of(trainer):
    return trainer.state.global_step


def main():
    tokenizer = tokenizer_of()
    trainer = trainer_of(encoded(reviews(), tokenizer), tokenizer)
    trainer.train()
    print(steps_of(trainer))


if __name__ == "__main__":
    main()
