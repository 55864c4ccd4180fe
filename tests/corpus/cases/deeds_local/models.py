import logging

import torch
from auto_gptq import AutoGPTQForCausalLM
from huggingface_hub import hf_hub_download
from langchain_community.llms import LlamaCpp
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, LlamaTokenizer

from constants import MODELS, WINDOW


def gguf(model, file, device):
    try:
        path = hf_hub_download(repo_id=model, filename=file, cache_dir=MODELS)
        settings = {"model_path": path, "n_ctx": WINDOW, "max_tokens": WINDOW}
        if device.lower() == "cuda":
            settings["n_gpu_layers"] = 100
        return LlamaCpp(**settings)
    except TypeError:
        logging.info("an old kind of file")
        return None


def gptq(model, file):
    tokenizer = AutoTokenizer.from_pretrained(model, use_fast=True)
    loaded = AutoGPTQForCausalLM.from_quantized(model, model_basename=file.replace(".safetensors", ""), device="cuda:0")
    return loaded, tokenizer


def whole(model, device):
    if device.lower() in ("mps", "cpu"):
        tokenizer = LlamaTokenizer.from_pretrained(model, cache_dir=MODELS)
        return AutoModelForCausalLM.from_pretrained(model, cache_dir=MODELS), tokenizer
    tokenizer = AutoTokenizer.from_pretrained(model, cache_dir=MODELS)
    loaded = AutoModelForCausalLM.from_pretrained(
        model,
        device_map="auto",
        torch_dtype=torch.float16,
        quantization_config=BitsAndBytesConfig(load_in_4bit=True),
        cache_dir=MODELS,
    )
    loaded.tie_weights()
    return loaded, tokenizer
