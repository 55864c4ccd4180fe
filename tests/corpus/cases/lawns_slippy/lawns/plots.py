"""The history of a training as a picture."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402


def drawn(out, history):
    plt.figure()
    for name, values in history.items():
        plt.plot(values, label=name)
    plt.legend()
    plt.savefig(out, format="png")
    plt.close()
