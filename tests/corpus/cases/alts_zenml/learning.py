"""A model that sees, tuned with Unsloth to what was said of pictures."""

import torch._dynamo as dynamo
from datasets import DatasetDict, load_dataset
from trl import SFTConfig, SFTTrainer
from unsloth import FastVisionModel
from unsloth.trainer import UnslothVisionDataCollator
from zenml import pipeline, step
from zenml.client import Client

from told import as_talk

dynamo.config.cache_size_limit = 2048
client = Client()


@step
def split(size: int = 1000, seed: int = 42) -> DatasetDict:
    name: str = client.get_pipeline("alts").last_successful_run.steps["joined"].output.load()
    found = load_dataset(name, split="train").train_test_split(test_size=size, shuffle=True, seed=seed)
    return DatasetDict({"train": found["train"], "test": found["test"]})


@step
def tuned(data: DatasetDict, name: str = "unsloth/gemma-3n-E4B-it", repo: str = "nobody/alts-lora") -> None:
    model, processor = FastVisionModel.from_pretrained(name, load_in_4bit=True, use_gradient_checkpointing="unsloth")
    model = FastVisionModel.get_peft_model(model, finetune_vision_layers=True, r=16, lora_alpha=16)
    FastVisionModel.for_training(model)
    trainer = SFTTrainer(
        model=model,
        train_dataset=[as_talk(one) for one in data["train"]],
        eval_dataset=[as_talk(one) for one in data["test"]],
        processing_class=processor.tokenizer,
        data_collator=UnslothVisionDataCollator(model, processor),
        args=SFTConfig(per_device_train_batch_size=1, num_train_epochs=2, output_dir="out", report_to="none"),
    )
    print(trainer.train())
    model.push_to_hub(repo)
    processor.push_to_hub(repo)


@pipeline
def learning():
    tuned(split())


if __name__ == "__main__":
    learning()
