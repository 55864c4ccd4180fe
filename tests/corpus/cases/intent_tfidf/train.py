import os

import joblib
import numpy as np
import wandb
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, precision_recall_fscore_support
from sklearn.model_selection import train_test_split

LABELS = {"chat": 0, "lookup": 1, "picture": 2}
NAMES = {number: name for name, number in LABELS.items()}


def read(folder, strict=False):
    texts, labels = [], []
    for name, label in LABELS.items():
        path = os.path.join(folder, f"{name}.txt")
        if not os.path.exists(path):
            if strict:
                raise FileNotFoundError(path)
            continue
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                texts.append(line.strip())
                labels.append(label)
    return texts, labels


def spread(labels):
    values, counts = np.unique(labels, return_counts=True)
    return {NAMES[value]: int(count) for value, count in zip(values, counts)}


def log(truth, said, part):
    good = accuracy_score(truth, said)
    precision, recall, f1, _ = precision_recall_fscore_support(truth, said, average="weighted")
    wandb.log({f"{part}/accuracy": good, f"{part}/f1": f1})
    return good, f1


def fit(texts, labels):
    vectors = TfidfVectorizer(ngram_range=(1, 2), max_features=20_000)
    model = LogisticRegression(max_iter=1_000)
    model.fit(vectors.fit_transform(texts), labels)
    return vectors, model


def check(vectors, model, texts, truth):
    said = model.predict(vectors.transform(texts))
    print(classification_report(truth, said))
    return log(truth, said, "test")


def save(vectors, model, folder):
    os.makedirs(folder, exist_ok=True)
    joblib.dump(vectors, os.path.join(folder, "vectors.joblib"))
    joblib.dump(model, os.path.join(folder, "model.joblib"))


def told(score):
    good, f1 = score
    return f"accuracy {good:.3f}, F1 {f1:.3f}"


def main():
    wandb.init(project="intents", config={"labels": LABELS})
    texts, labels = read("data")
    wandb.log(spread(labels))
    one, other, truth, rest = train_test_split(texts, labels, test_size=0.2, random_state=3)
    vectors, model = fit(one, truth)
    print(told(check(vectors, model, other, rest)))
    save(vectors, model, "model")


if __name__ == "__main__":
    main()
