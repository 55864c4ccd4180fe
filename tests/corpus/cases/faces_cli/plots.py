import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import seaborn as sns


def curves(history):
    for name, values in history.items():
        plt.plot(values, label=name)
    plt.legend()
    plt.savefig("curves.png")


def matrix(values):
    sns.heatmap(values, annot=True)
    plt.savefig("matrix.png")
