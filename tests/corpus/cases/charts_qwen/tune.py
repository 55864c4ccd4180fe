"""Teaches Qwen2-VL to read charts, by adapters in four bits."""

from dataclasses import dataclass
from pathlib import Path

import torch
import wandb
from datasets import Dataset, load_dataset
from peft import LoraConfig, PeftModel
from qwen_vl_utils import process_vision_info
from transformers import AutoProcessor, BitsAndBytesConfig, Qwen2VLForConditionalGeneration
from trl import SFTConfig, SFTTrainer

NAME = "Qwen/Qwen2-VL-2B-Instruct"
ASKED = "Answer from the chart, in a word or a number."


def talk(row):
    return [
        {"role": "system", "content": [{"type": "text", "text": ASKED}]},
        {"role": "user", "content": [{"type": "image", "image": row["image"]}, {"type": "text", "text": row["query"]}]},
        {"role": "assistant", "content": [{"type": "text", "text": row["label"][0]}]},
    ]


def rows(part: str, many: int) -> list:
    return [talk(one) for one in load_dataset("HuggingFaceM4/ChartQA", split=f"{part}[:{many}]")]


def model_and_processor():
    bits = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
    model = Qwen2VLForConditionalGeneration.from_pretrained(
        NAME, device_map="auto", quantization_config=bits, attn_implementation="flash_attention_2"
    )
    return model, AutoProcessor.from_pretrained(NAME, min_pixels=256 * 28 * 28)


@dataclass
class Collator:
    processor: object

    def __call__(self, talks):
        texts = [self.processor.apply_chat_template(one, tokenize=False) for one in talks]
        pictures = [process_vision_info(one)[0] for one in talks]
        batch = self.processor(text=texts, images=pictures, return_tensors="pt", padding=True)
        labels = batch["input_ids"].clone()
        labels[labels == self.processor.tokenizer.pad_token_id] = -100
        batch["labels"] = labels
        return batch


def settings(out: Path) -> SFTConfig:
    return SFTConfig(
        output_dir=str(out),
        optim="adamw_torch_fused",
        gradient_checkpointing=True,
        bf16=True,
        report_to="wandb",
        remove_unused_columns=False,
        dataset_kwargs={"skip_prepare_dataset": True},
    )


def tuned(out: Path):
    model, processor = model_and_processor()
    wandb.init(project="charts", config=settings(out).to_dict())
    trainer = SFTTrainer(
        model=model,
        args=settings(out),
        train_dataset=rows("train", 500),
        eval_dataset=rows("val", 50),
        data_collator=Collator(processor),
        peft_config=LoraConfig(r=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM"),
        processing_class=processor.tokenizer,
    )
    trainer.train()
    trainer.save_model(str(out))
    wandb.finish()


def said(model, processor, one) -> str:
    text = processor.apply_chat_template(one[:2], tokenize=False, add_generation_prompt=True)
    pictures, films = process_vision_info(one)
    inputs = processor(text=[text], images=pictures, videos=films, return_tensors="pt").to(model.device)
    made = model.generate(**inputs, max_new_tokens=32)
    return processor.batch_decode(made[:, inputs.input_ids.shape[1] :], skip_special_tokens=True)[0]


def judged(out: Path) -> float:
    model, processor = model_and_processor()
    model = PeftModel.from_pretrained(model, str(out)).merge_and_unload()
    talks = rows("test", 100)
    return sum(said(model, processor, one) == one[2]["content"][0]["text"] for one in talks) / len(talks)


def kept(talks: list, out: Path) -> None:
    Dataset.from_list([{"asked": one[1]["content"][1]["text"]} for one in talks]).to_parquet(str(out / "asked.parquet"))


if __name__ == "__main__":
    tuned(Path("out"))
    print(judged(Path("out")))
    kept(rows("test", 100), Path("out"))
