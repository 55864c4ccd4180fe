import os

import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import xgboost as xgb
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split


def load(path: str = "fitness.csv"):
    return pd.read_csv(path)


def prepared(df: pd.DataFrame):
    done = df.copy()
    if done["gender"].dtype == "object":
        done["gender"] = done["gender"].map({"m": 0, "f": 1})
    x, y = done[["height", "weight", "gender"]], done["plan"]
    if y.dtype == "object":
        from sklearn.preprocessing import LabelEncoder

        y = LabelEncoder().fit_transform(y)
    return x, y


def trained(x, y, tune=False):
    model = xgb.XGBClassifier(max_depth=5, n_estimators=200, objective="multi:softmax", n_jobs=-1)
    model.fit(x, y)
    return model


def evaluated(model, x, y, names):
    guess = model.predict(x)
    print(classification_report(y, guess))
    return accuracy_score(y, guess), guess


def matrix_drawn(y, guess, labels):
    try:
        plt.figure(figsize=(8, 6))
        sns.heatmap(confusion_matrix(y, guess), annot=True, fmt="d", cmap="Blues")
        plt.savefig("models/matrix.png")
    except Exception as error:
        print(f"no matrix: {error}")


def importance_drawn(model, names):
    importance = model.feature_importances_
    order = np.argsort(importance)[::-1]
    plt.figure()
    plt.bar(range(len(importance)), importance[order])
    plt.xticks(range(len(importance)), [names[i] for i in order], rotation=45)
    plt.savefig("models/importance.png")


def tree_drawn(model):
    xgb.plot_tree(model, num_trees=0)
    plt.savefig("models/tree.png")


def saved(model, path="models/plan.pkl"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    joblib.dump(model, path)


def main():
    df = load()
    print(df["plan"].value_counts())
    x, y = prepared(df)
    names = x.columns.tolist()
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, stratify=y)
    model = trained(x_train, y_train)
    _, guess = evaluated(model, x_test, y_test, names)
    print(cross_val_score(model, x, y, cv=5).mean())
    matrix_drawn(y_test, guess, labels=sorted(np.unique(y)))
    importance_drawn(model, names)
    tree_drawn(model)
    saved(model)


if __name__ == "__main__":
    main()
