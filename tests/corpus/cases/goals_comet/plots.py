import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from sklearn.calibration import CalibrationDisplay
from sklearn.metrics import auc, roc_curve

sns.set_theme()


def plot_roc(y, odds, number, names, experiment):
    fig, ax = plt.subplots()
    for one, name in zip(odds, names):
        fpr, tpr, _ = roc_curve(y, one)
        sns.lineplot(x=fpr, y=tpr, ax=ax, label=f"{name} {auc(fpr, tpr):.2f}")
    fig.savefig(f"{number}a.png")
    experiment.log_image(f"{number}a.png")


def plot_goals(y, odds, number, names, experiment):
    fig, ax = plt.subplots()
    for one in odds:
        order = np.argsort(one)[::-1]
        ax.plot(np.cumsum(y.to_numpy()[order]))
    fig.savefig(f"{number}b.png")
    experiment.log_image(f"{number}b.png")


def plot_calibration(y, odds, number, names, experiment):
    fig, ax = plt.subplots()
    for one, name in zip(odds, names):
        CalibrationDisplay.from_predictions(y, one, ax=ax, name=name)
    fig.savefig(f"{number}c.png")
    experiment.log_image(f"{number}c.png")
