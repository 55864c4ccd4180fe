"""Tunes vectors of sentences to questions and answers, by Sentence Transformers' trainer."""

import argparse
import json
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig, TaskType
from sentence_transformers import (
    CrossEncoder,
    InputExample,
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.evaluation import InformationRetrievalEvaluator
from sentence_transformers.losses import MatryoshkaLoss, MultipleNegativesRankingLoss
from sentence_transformers.training_args import BatchSamplers
from sentence_transformers.util import mine_hard_negatives, semantic_search


def pairs_of(path: Path, part: str) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [(one["question"], one["answer"]) for one in rows if one["part"] == part]


def dataset_of(pairs: list[tuple[str, str]]) -> Dataset:
    return Dataset.from_dict({"anchor": [q for q, _ in pairs], "positive": [a for _, a in pairs]})


def harder(dataset: Dataset, model: SentenceTransformer) -> Dataset:
    ranker = CrossEncoder("cross-encoder/ms-marco-MiniLM-L6-v2")
    return mine_hard_negatives(dataset, model, cross_encoder=ranker, num_negatives=3, use_faiss=True)


def evaluator_of(pairs: list[tuple[str, str]]) -> InformationRetrievalEvaluator:
    queries = {str(i): q for i, (q, _) in enumerate(pairs)}
    corpus = {str(i): a for i, (_, a) in enumerate(pairs)}
    return InformationRetrievalEvaluator(queries=queries, corpus=corpus, relevant_docs={i: {i} for i in queries})


def tuned(base: str, out: Path, train: Dataset, evaluator: InformationRetrievalEvaluator) -> SentenceTransformer:
    model = SentenceTransformer(base, device="cuda" if torch.cuda.is_available() else "cpu")
    model.add_adapter(LoraConfig(task_type=TaskType.FEATURE_EXTRACTION, r=8, lora_alpha=16))
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(out),
        num_train_epochs=3,
        per_device_train_batch_size=16,
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        report_to=["wandb"],
    )
    loss = MatryoshkaLoss(model, MultipleNegativesRankingLoss(model), matryoshka_dims=[384, 128])
    trainer = SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=train, loss=loss, evaluator=evaluator
    )
    trainer.train()
    model.save_pretrained(str(out))
    return model


def sanity(model: SentenceTransformer, pairs: list[tuple[str, str]]) -> float:
    answers = model.encode([a for _, a in pairs], convert_to_tensor=True)
    asked = model.encode([q for q, _ in pairs], convert_to_tensor=True)
    hits = semantic_search(asked, answers, top_k=1)
    return sum(one[0]["corpus_id"] == i for i, one in enumerate(hits)) / len(pairs)


def served(model: SentenceTransformer, out: Path):
    from optimum.onnxruntime import ORTModelForFeatureExtraction
    from transformers import AutoTokenizer

    exported = ORTModelForFeatureExtraction.from_pretrained(str(out), export=True)
    exported.save_pretrained(out / "onnx")
    AutoTokenizer.from_pretrained(str(out)).save_pretrained(out / "onnx")


def main(base: str, out: Path):
    path = Path("pairs.jsonl")
    train, rest = pairs_of(path, "train"), pairs_of(path, "rest")
    model = tuned(base, out, harder(dataset_of(train), SentenceTransformer(base)), evaluator_of(rest))
    print(sanity(model, rest))
    served(model, out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=str, default="all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, default=Path("out"))
    args = parser.parse_args()
    main(args.base, args.out)
