import json

import pandas as pd
from sklearn.metrics import average_precision_score, precision_recall_curve


def table(path):
    with open(path) as text:
        told = json.load(text)
    rows = pd.DataFrame(told["images"])
    rows["most"] = rows["found"].map(lambda found: max((one["conf"] for one in found), default=0))
    return rows


def judged(rows, truth):
    both = rows.merge(truth, on="file")
    precision, recall, _ = precision_recall_curve(both["beast"], both["most"])
    return {"score": average_precision_score(both["beast"], both["most"]), "precision": precision, "recall": recall}


def most_sure(rows, n=10):
    return rows.nlargest(n, "most")["file"].tolist()


def page(rows, out):
    with open(out, "w") as to:
        to.write(rows.style.background_gradient(subset=["most"]).to_html())


def main(path, truth_path, out):
    rows = table(path)
    print(judged(rows, pd.read_excel(truth_path))["score"], most_sure(rows))
    page(rows, out)
