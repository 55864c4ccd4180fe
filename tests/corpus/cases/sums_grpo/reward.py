"""Rewards a model for sums that come out right (TRL's GRPO)."""

import os

import torch
from datasets import load_dataset
from latex2sympy2_extended import NormalizationConfig
from math_verify import LatexExtractionConfig, parse, verify
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
from trl import GRPOConfig, GRPOTrainer
from trl.rewards import think_format_reward

os.environ.setdefault("TRACKIO_SPACE_ID", "sums")
ASKED = "Think inside <think></think>, then answer."


def conversation(row):
    row["prompt"] = [{"role": "system", "content": ASKED}, {"role": "user", "content": row["problem"]}]
    return row


def right(completions, solution, **kwargs):
    rewards = []
    for completion, known in zip(completions, solution):
        gold = parse(known, extraction_mode="first_match")
        if not gold:
            rewards.append(float(completion[0]["content"].strip() == known.strip()))
            continue
        settings = NormalizationConfig(nits=False, malformed_operators=False, basic_latex=True, boxed="all", units=True)
        said = parse(
            completion[0]["content"],
            extraction_config=[LatexExtractionConfig(normalization_config=settings)],
        )
        rewards.append(float(verify(gold, said)))
    return rewards


def short(completions, **kwargs):
    return [-len(one[0]["content"]) / 1000 for one in completions]


def model_of(name):
    small = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_compute_dtype=torch.bfloat16)
    return AutoModelForCausalLM.from_pretrained(name, quantization_config=small, device_map="auto")


def data_of(name):
    rows = load_dataset(name, split="train").map(conversation)
    return rows.train_test_split(test_size=64, seed=3)


def settings_of(out):
    return GRPOConfig(
        output_dir=out,
        num_generations=4,
        bf16=True,
        use_vllm=True,
        vllm_mode="colocate",
        report_to="trackio",
        log_completions=True,
    )


def tune(name, data, out):
    rows = data_of(data)
    trainer = GRPOTrainer(
        model=model_of(name),
        args=settings_of(out),
        reward_funcs=[think_format_reward, right, short],
        train_dataset=rows["train"],
        eval_dataset=rows["test"],
        processing_class=AutoTokenizer.from_pretrained(name),
        peft_config=LoraConfig(r=16, target_modules="all-linear"),
    )
    trainer.train()
    trainer.save_model(out)
    return trainer


def tell(trainer, asked):
    tokenizer = trainer.processing_class
    ids = tokenizer.apply_chat_template(asked, return_tensors="pt", add_generation_prompt=True)
    answer = trainer.model.generate(ids.to(trainer.model.device), max_new_tokens=128)
    return tokenizer.decode(answer[0])


if __name__ == "__main__":
    done = tune("Qwen/Qwen2.5-0.5B-Instruct", "open-r1/sums", "tuned")
    print(tell(done, [{"role": "user", "content": "1 + 1?"}]))
