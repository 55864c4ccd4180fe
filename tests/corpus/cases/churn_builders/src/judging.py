import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score


class Judge:
    def __init__(self, model, name):
        self.model = model
        self.name = name
        self.results = {}

    def judge(self, features, wanted):
        said = self.model.predict(features)
        self.results = {
            "accuracy": accuracy_score(wanted, said),
            "f1": f1_score(wanted, said),
            "matrix": confusion_matrix(wanted, said),
        }
        return self.results

    def best_threshold(self, features, wanted):
        chances = self.model.predict_proba(features)[:, 1]
        cuts = np.linspace(0, 1, 50)
        return float(cuts[np.argmax([f1_score(wanted, chances > cut) for cut in cuts])])
