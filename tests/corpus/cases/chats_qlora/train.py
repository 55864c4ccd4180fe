import gc
import os

import torch
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer
from unsloth import FastLanguageModel

MODEL = os.environ.get("MODEL", "unsloth/Llama-3.3-70B-Instruct-bnb-4bit")
LENGTH = int(os.environ.get("LENGTH", "2048"))
DATA = os.environ.get("DATA", "trl-lib/Capybara")
MOST = int(os.environ.get("MOST", "500"))
OUT = os.environ.get("OUT", "./adapted")
RANK = int(os.environ.get("RANK", "8"))


def cleared():
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.synchronize()


def memory():
    if torch.cuda.is_available():
        print(f"{torch.cuda.memory_allocated() / 1e9:.1f} GB")


def loaded():
    return FastLanguageModel.from_pretrained(model_name=MODEL, max_seq_length=LENGTH, dtype=None, load_in_4bit=True)


def adapted(model):
    return FastLanguageModel.get_peft_model(
        model,
        r=RANK,
        lora_alpha=16,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj"],
        use_gradient_checkpointing="unsloth",
    )


def chats():
    rows = load_dataset(DATA, split="train")
    if 0 < MOST < len(rows):
        rows = rows.select(range(MOST))
    return rows


def as_text(rows, tokenizer):
    def one(row):
        return {"text": tokenizer.apply_chat_template(row["messages"], tokenize=False)}

    return rows.map(one, remove_columns=rows.column_names)


def settings():
    return SFTConfig(
        output_dir=OUT,
        num_train_epochs=1,
        per_device_train_batch_size=1,
        bf16=True,
        optim="adamw_8bit",
        logging_steps=5,
        report_to="tensorboard",
    )


def trained(model, tokenizer, rows):
    trainer = SFTTrainer(model=model, tokenizer=tokenizer, train_dataset=rows, args=settings())
    trainer.train()
    return trainer


def counted(model):
    free = sum(one.numel() for one in model.parameters() if one.requires_grad)
    return free, sum(one.numel() for one in model.parameters())


def saved(model, tokenizer):
    model.save_pretrained(OUT)
    tokenizer.save_pretrained(OUT)


def main():
    cleared()
    memory()
    model, tokenizer = loaded()
    model = adapted(model)
    rows = as_text(chats(), tokenizer)
    print(counted(model))
    trained(model, tokenizer, rows)
    saved(model, tokenizer)


if __name__ == "__main__":
    main()
