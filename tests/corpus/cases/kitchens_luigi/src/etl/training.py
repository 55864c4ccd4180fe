"""Models of kitchens that pass, found by searching."""

from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.tree import DecisionTreeClassifier

KINDS = ["tree", "forest"]


def fitted(features, target, kind):
    models = {"tree": DecisionTreeClassifier(random_state=2021), "forest": RandomForestClassifier(random_state=2021)}
    grids = {"tree": {"max_depth": [5, 15]}, "forest": {"n_estimators": [20, 100]}}
    search = GridSearchCV(models[kind], grids[kind], scoring="f1", cv=TimeSeriesSplit(n_splits=4), n_jobs=-1)
    search.fit(features, target)
    return search
