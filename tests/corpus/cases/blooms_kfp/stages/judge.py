from kfp import dsl
from kfp.dsl import Dataset, Input, Model, Output


@dsl.component(base_image="python:3.11")
def judge(unseen: Input[Dataset], unseen_kinds: Input[Dataset], model: Input[Model], figures: Output[Dataset]):
    import subprocess

    subprocess.run(["pip", "install", "pandas", "scikit-learn", "matplotlib", "joblib"], check=True)

    import matplotlib.pyplot as plt
    import pandas as pd
    from joblib import load
    from sklearn.metrics import accuracy_score, classification_report, confusion_matrix

    measures = pd.read_csv(unseen.path)
    kinds = pd.read_csv(unseen_kinds.path)
    model = load(model.path)
    guessed = model.predict(measures)
    report = classification_report(kinds, guessed, output_dict=True)
    matrix = confusion_matrix(kinds, guessed)
    with open(figures.path, "w") as file:
        file.write(f"right: {accuracy_score(kinds, guessed)}\n")
        file.write(str(report))
    plt.figure(figsize=(6, 6))
    plt.imshow(matrix, cmap=plt.cm.Greens)
    plt.colorbar()
    plt.savefig(figures.path.replace(".txt", ".png"))
