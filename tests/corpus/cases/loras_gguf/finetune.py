import os
import subprocess

import torch
from datasets import load_dataset
from peft import LoraConfig, PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, TrainingArguments
from trl import SFTTrainer

os.environ["HF_HOME"] = "cache"
BASE = "meta-llama/Llama-3.2-3B-Instruct"
TUNED = "tuned/merged"
SMALL = "tuned/notes-q4.gguf"
TOOLS = "./llama.cpp"

quantized = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.float16)


def titled(rows):
    rows["text"] = rows["title"] + "\n" + rows["body"]
    return rows


def notes(train, valid):
    return load_dataset("json", data_files={"train": train, "valid": valid}).map(titled)


def base_model():
    tokenizer = AutoTokenizer.from_pretrained(BASE, trust_remote_code=True)
    tokenizer.pad_token = tokenizer.eos_token
    model = AutoModelForCausalLM.from_pretrained(BASE, quantization_config=quantized, device_map={"": 0})
    model.config.use_cache = False
    return model, tokenizer


def arguments(out):
    return TrainingArguments(output_dir=out, num_train_epochs=3, optim="paged_adamw_32bit", report_to="tensorboard", learning_rate=2e-4)


def tuned(rows):
    model, tokenizer = base_model()
    adapter = LoraConfig(r=64, lora_alpha=16, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    trainer = SFTTrainer(model=model, train_dataset=rows["train"], eval_dataset=rows["valid"], peft_config=adapter, args=arguments("tuned"), processing_class=tokenizer)
    trainer.train()
    trainer.model.save_pretrained("tuned/adapter")
    tokenizer.save_pretrained(TUNED)
    return "tuned/adapter"


def merged(adapter):
    base = AutoModelForCausalLM.from_pretrained(BASE, torch_dtype=torch.float16)
    model = PeftModel.from_pretrained(base, adapter).merge_and_unload()
    model.save_pretrained(TUNED)


def as_gguf(folder, out):
    script = os.path.join(TOOLS, "convert_hf_to_gguf.py")
    subprocess.run(["python", script, "--outfile", out, folder], check=True)


def shrunk(big, small, kind="q4_0"):
    subprocess.run([os.path.join(TOOLS, "quantize"), big, small, kind], check=True)
    print(f"shrunk: {small}")


if __name__ == "__main__":
    merged(tuned(notes("notes/train.jsonl", "notes/valid.jsonl")))
    as_gguf(TUNED, "tuned/notes.gguf")
    shrunk("tuned/notes.gguf", SMALL)
