import evaluate
import numpy as np
import torch
from datasets import DatasetDict, load_dataset
from sklearn.metrics import confusion_matrix
from transformers import Trainer, TrainingArguments, ViTForImageClassification, ViTImageProcessor


class Fonts:
    def __init__(self, name, folder, share=0.7):
        self.name = name
        self.folder = folder
        self.share = share

    def read(self):
        rows = load_dataset("imagefolder", data_dir=self.folder)
        first = rows["train"].train_test_split(shuffle=True, seed=0, test_size=1 - self.share)
        second = first["test"].train_test_split(shuffle=True, seed=0, test_size=0.5)
        return DatasetDict({"train": first["train"], "validation": second["train"], "test": second["test"]})

    def changed(self, batch):
        processor = ViTImageProcessor.from_pretrained(self.name)
        inputs = processor([one.convert("RGB") for one in batch["image"]], return_tensors="pt")
        inputs["label"] = batch["label"]
        return inputs

    def stacked(self, batch):
        return {
            "pixel_values": torch.stack([one["pixel_values"] for one in batch]),
            "labels": torch.tensor([one["label"] for one in batch]),
        }

    def scores(self, guess):
        metric = evaluate.load("accuracy")
        return metric.compute(predictions=np.argmax(guess.predictions, axis=1), references=guess.label_ids)

    def names(self, rows):
        return rows["train"].features["label"].names

    def settings(self):
        return TrainingArguments(output_dir="vit", fp16=True, eval_strategy="steps", report_to="tensorboard")

    def trained(self):
        rows = self.read().with_transform(self.changed)
        names = self.names(rows)
        model = ViTForImageClassification.from_pretrained(self.name, num_labels=len(names))
        trainer = Trainer(
            model=model,
            args=self.settings(),
            data_collator=self.stacked,
            compute_metrics=self.scores,
            train_dataset=rows["train"],
            eval_dataset=rows["validation"],
        )
        trainer.train()
        trainer.save_model()
        return confused(trainer.predict(rows["test"]))


def softmax(values):
    values = np.exp(values - values.max())
    return values / values.sum()


def confused(output):
    guess = np.argmax(softmax(output.predictions), axis=-1)
    return confusion_matrix(output.label_ids, guess)


if __name__ == "__main__":
    print(Fonts("google/vit-base-patch16-224-in21k", "fonts").trained())
