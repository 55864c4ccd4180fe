import json

import pandas as pd
import torch
from datasets import Dataset, load_dataset
from transformers import AutoModelForSeq2SeqLM, DataCollatorForSeq2Seq, Seq2SeqTrainer, Seq2SeqTrainingArguments, T5Tokenizer

NAME = "google/t5-v1_1-small"
tokenizer = T5Tokenizer.from_pretrained(NAME, cache_dir="cache")
WORDS = {0: "entailment", 1: "not_entailment"}


def tokens(text):
    coded = tokenizer(text, padding="max_length", truncation=True, max_length=512)
    return pd.Series([coded["input_ids"], coded["attention_mask"]])


def sets():
    whole = load_dataset("super_glue", "rte", cache_dir="cache")
    out = []
    for part in ("train", "validation"):
        rows = []
        for _, row in whole[part].to_pandas().iterrows():
            rows.append({"input": f"hypothesis: {row['hypothesis']} premise: {row['premise']}", "output": WORDS[row["label"]]})
        df = pd.DataFrame(rows)
        df[["input_ids", "attention_mask"]] = df["input"].apply(tokens)
        df[["labels", "unused"]] = df["output"].apply(tokens)
        out.append(Dataset.from_pandas(df.drop("unused", axis=1)))
    return out


class Training:
    def __init__(self, parts):
        self.parts = parts
        self.labels = self.parts["test"]["output"]

    def made(self):
        return AutoModelForSeq2SeqLM.from_pretrained(NAME, cache_dir="cache")

    def metrics(self, guessed):
        texts = tokenizer.batch_decode(guessed[0], skip_special_tokens=True)
        return {"accuracy": sum(a == b for a, b in zip(texts, self.labels)) / len(texts)}

    def train(self):
        args = Seq2SeqTrainingArguments(output_dir="out", learning_rate=1e-4, predict_with_generate=True, report_to="none")
        trainer = Seq2SeqTrainer(
            model_init=self.made, args=args, train_dataset=self.parts["train"], eval_dataset=self.parts["test"],
            data_collator=DataCollatorForSeq2Seq(tokenizer, max_length=20), compute_metrics=self.metrics,
        )
        trainer.train()
        with open("out/history.json", "w") as file:
            json.dump(trainer.state.log_history, file)


class Testing:
    def __init__(self, parts):
        self.parts = parts

    def test(self, size=64):
        model = AutoModelForSeq2SeqLM.from_pretrained("out/checkpoint-6000")
        texts = []
        for i in range(0, len(self.parts["test"]), size):
            batch = self.parts["test"][i : i + size]
            ids = model.generate(torch.tensor(batch["input_ids"]), attention_mask=torch.tensor(batch["attention_mask"]))
            texts.extend(tokenizer.batch_decode(ids, skip_special_tokens=True))
        return texts


if __name__ == "__main__":
    train, test = sets()
    Training({"train": train, "test": test}).train()
    Testing({"train": train, "test": test}).test()
