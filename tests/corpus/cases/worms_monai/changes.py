import numpy as np
import tifffile
from csbdeep.utils import normalize
from monai.data import set_track_meta
from monai.transforms import Compose, KeepLargestConnectedComponentd, MapTransform, Randomizable, RandGaussianSmoothd, Transform

set_track_meta(False)


class Ranged(MapTransform):
    def __init__(self, keys):
        MapTransform.__init__(self, keys)

    def __call__(self, data):
        d = dict(data)
        for key in self.keys:
            if not isinstance(d[key], np.ndarray):
                d[key] = np.array(d[key])
            d[key] = (d[key] - d[key].min()) / (d[key].max() - d[key].min())
        return d


class Centiled(MapTransform):
    def __init__(self, keys, low: float, high: float):
        MapTransform.__init__(self, keys)
        self.low, self.high = low, high

    def __call__(self, data):
        d = dict(data)
        for key in self.keys:
            d[key] = normalize(np.array(d[key]), self.low, self.high)
        return d


class Flipped(MapTransform, Randomizable):
    AXES = [(-2,), (-1,), (-1, -2)]

    def __init__(self, keys, prob=0.75):
        MapTransform.__init__(self, keys)
        self.prob = prob

    def randomize(self, data=None):
        self.does = self.R.random() < self.prob
        self.axes = self.AXES[self.R.randint(3)]

    def __call__(self, data):
        self.randomize()
        return {key: np.flip(value, axis=self.axes) if self.does and key in self.keys else value for key, value in data.items()}


def normalization(keys, kind: str, **kwargs) -> Transform:
    if kind == "range":
        return Ranged(keys)
    return Centiled(keys, kwargs["low"], kwargs["high"])


def training(kind: str, **kwargs) -> Compose:
    return Compose([
        Flipped(["image", "mask"]),
        RandGaussianSmoothd(keys=["image"], prob=0.5),
        normalization(["image"], kind, **kwargs),
    ])


def cleaning() -> Compose:
    return Compose([KeepLargestConnectedComponentd(keys=["mask"], applied_labels=[1])])


def of_model(model) -> Compose:
    params = model.normalization
    return Compose([normalization(["image"], params["type"], **{k: v for k, v in params.items() if k != "type"})])


def mean_and_deviation(path: str) -> tuple[float, float]:
    image = tifffile.imread(path)
    return float(np.mean(image)), float(np.std(image))


def channelled(image: np.ndarray, count: int) -> np.ndarray:
    if image.ndim == 2:
        image = np.expand_dims(image, axis=0)
    return np.tile(image, (count // image.shape[0], 1, 1))
