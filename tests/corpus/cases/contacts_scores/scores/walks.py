import sklearn.preprocessing as pre


def reproducibility(a, b, steps=3):
    a, b = pre.normalize(a, norm="l1"), pre.normalize(b, norm="l1")
    total = 0.0
    for _ in range(steps):
        total += abs(a - b).sum() / a.shape[0]
        a, b = a @ a, b @ b
    return 1 - total / steps
