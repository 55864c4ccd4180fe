"""How good the answers are, by judges of LlamaIndex and by ragas."""

import asyncio
from pathlib import Path

import pandas as pd
from datasets import Dataset
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from llama_index.core.evaluation import (
    BatchEvalRunner,
    FaithfulnessEvaluator,
    RelevancyEvaluator,
    RetrieverEvaluator,
    generate_question_context_pairs,
)
from llama_index.core.llama_dataset import LabelledRagDataset
from llama_index.core.llama_dataset.generator import RagDatasetGenerator
from llama_index.llms.anthropic import Anthropic
from ragas import evaluate
from ragas.metrics import answer_relevancy, faithfulness

from index import configured, documents_of, engine_of, filled


def judge():
    return Anthropic(model="claude-3-haiku-20240307", temperature=0)


def questions(folder: str, path: str = "questions.json") -> LabelledRagDataset:
    if Path(path).exists():
        return LabelledRagDataset.from_json(path)
    made = RagDatasetGenerator.from_documents(documents_of(folder), llm=judge(), num_questions_per_chunk=2)
    found = made.generate_dataset_from_nodes()
    found.save_json(path)
    return found


async def judged(engine, asked: list[str]) -> dict:
    runner = BatchEvalRunner(
        {"faithful": FaithfulnessEvaluator(llm=judge()), "relevant": RelevancyEvaluator(llm=judge())}, workers=4
    )
    found = await runner.aevaluate_queries(engine, queries=asked)
    return {name: sum(one.passing for one in some) / len(some) for name, some in found.items()}


def retrieved(index, nodes) -> pd.DataFrame:
    pairs = generate_question_context_pairs(nodes, llm=judge(), num_questions_per_chunk=1)
    evaluator = RetrieverEvaluator.from_metric_names(["mrr", "hit_rate"], retriever=index.as_retriever())
    results = asyncio.run(evaluator.aevaluate_dataset(pairs))
    return pd.DataFrame([one.metric_vals_dict for one in results])


def by_ragas(engine, asked: list[str]):
    rows = {"question": [], "answer": [], "contexts": []}
    for question in asked:
        answer = engine.query(question)
        rows["question"].append(question)
        rows["answer"].append(str(answer))
        rows["contexts"].append([one.get_content() for one in answer.source_nodes])
    found = evaluate(
        Dataset.from_dict(rows),
        metrics=[faithfulness, answer_relevancy],
        llm=ChatOpenAI(model="gpt-4o-mini"),
        embeddings=OpenAIEmbeddings(),
    )
    return found.to_pandas()


def main():
    configured()
    index = filled("manuals")
    engine = engine_of(index)
    asked = [one.query for one in questions("manuals").examples]
    print(asyncio.run(judged(engine, asked)))
    table = by_ragas(engine, asked)
    table.to_excel("judged.xlsx", index=False)
    print(table[["faithfulness", "answer_relevancy"]].mean())


if __name__ == "__main__":
    main()
