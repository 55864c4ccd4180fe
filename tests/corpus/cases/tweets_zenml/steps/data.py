"""Tweets as the Hub has them, and as numbers."""

import numpy as np
from datasets import DatasetDict, load_dataset
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from typing_extensions import Annotated
from zenml import step
from zenml.logger import get_logger

from tools.measuring import longest

logger = get_logger(__name__)


@step
def loaded(share: float = 0.2) -> Annotated[DatasetDict, "tweets"]:
    found = load_dataset("cardiffnlp/tweet_eval", "sentiment")
    found = found.rename_column("label", "labels")

    def some(given):
        sampled = DatasetDict()
        for split in given.keys():
            size = len(given[split])
            sampled[split] = given[split].select(np.random.choice(size, int(size * share), replace=False))
        return sampled

    found = some(found)
    logger.info(found)
    return found


@step
def tokenizer_of(lower_case: bool, name: str = "roberta-base") -> Annotated[PreTrainedTokenizerBase, "tokenizer"]:
    return AutoTokenizer.from_pretrained(name, do_lower_case=lower_case)


@step
def tokenized(
    tokenizer: PreTrainedTokenizerBase, tweets: DatasetDict, column: str = "text"
) -> Annotated[DatasetDict, "tokens"]:
    length = max(longest(tweets["train"][column]), longest(tweets["validation"][column]))
    logger.info(f"longest {length}")

    def numbered(examples):
        done = tokenizer(examples[column], padding="max_length", truncation=True, max_length=length)
        done["labels"] = examples["labels"]
        return done

    found = tweets.map(numbered, batched=True).remove_columns([column])
    found.set_format("torch")
    return found
