import os
import re
import string

import evaluate
import pandas as pd
import spacy
import torch
from tqdm import tqdm
from unsloth import FastLanguageModel

PROMPT = "### Instruction:\n{}\n\n### Input:\n{}\n\n### Response:\n{}"
METRICS = {
    "bleu": evaluate.load("sacrebleu"),
    "ter": evaluate.load("ter"),
    "meteor": evaluate.load("meteor"),
    "rouge": evaluate.load("rouge"),
    "chrf": evaluate.load("chrf"),
}
nlp = spacy.load("xx_ent_wiki_sm")
if "sentencizer" not in nlp.pipe_names:
    nlp.add_pipe("sentencizer")


def spaced(text):
    if not isinstance(text, str):
        return ""
    return " ".join(re.sub(f"[{re.escape(string.punctuation)}]", " ", text).strip())


def first_sentence(text):
    return next((str(sentence) for sentence in nlp(text).sents), "")


def response(text):
    match = re.search(r"### Response:\s*(.*)", text, re.DOTALL)
    return match.group(1).strip() if match else ""


def scores(guesses, truths):
    out = {}
    for name, metric in METRICS.items():
        wanted = truths if name == "rouge" else [[truth] for truth in truths]
        out[name] = metric.compute(predictions=guesses, references=wanted)
    return out


def kept(guesses, truths, found, name):
    pd.DataFrame({"guess": guesses, "truth": truths}).to_csv(f"{name}.csv", index=False)
    table = pd.DataFrame([{"model": name, **{key.upper(): value for key, value in found.items()}}])
    if os.path.exists("scores.csv"):
        table = pd.concat([pd.read_csv("scores.csv"), table])
    table.to_csv("scores.csv", index=False)


def translated(model, tokenizer, texts, instruction, batch=64):
    out = []
    for i in tqdm(range(0, len(texts), batch)):
        prompts = [PROMPT.format(instruction, text, "") for text in texts[i : i + batch]]
        inputs = tokenizer(prompts, return_tensors="pt", padding=True).to("cuda")
        answers = tokenizer.batch_decode(model.generate(**inputs, max_new_tokens=64), skip_special_tokens=True)
        out.extend(first_sentence(response(answer)) for answer in answers)
    return out


def main(name, path, language):
    table = pd.read_csv(path)
    texts = table["guess"].fillna("").tolist()
    truths = [spaced(text) for text in table[language].fillna("").tolist()]
    model, tokenizer = FastLanguageModel.from_pretrained(model_name=name, max_seq_length=2048, load_in_4bit=True)
    FastLanguageModel.for_inference(model)
    torch.set_grad_enabled(False)
    guesses = translated(model, tokenizer, texts, f"Translate to {language}:")
    kept(guesses, truths, scores(guesses, truths), name)
    torch.cuda.empty_cache()


if __name__ == "__main__":
    main("mistral", "guesses.csv", "French")
