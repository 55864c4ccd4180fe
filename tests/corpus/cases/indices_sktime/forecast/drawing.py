import matplotlib.pyplot as plt
from mpl_toolkits.axes_grid1.inset_locator import inset_axes


def zoomed(truth, guess, name):
    fig, ax = plt.subplots()
    ax.plot(truth.index, truth)
    ax.plot(truth.index, guess)
    small = inset_axes(ax, "30%", "30%")
    small.plot(truth.index[-6:], truth[-6:])
    fig.savefig(f"{name}.png")
