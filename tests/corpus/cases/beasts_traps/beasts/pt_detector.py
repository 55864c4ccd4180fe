import numpy as np
import torch

from beasts.numbers import cut_all, cut_float, from_centre

try:
    from yolov5.utils.augmentations import letterbox
    from yolov5.utils.general import non_max_suppression, scale_boxes, xyxy2xywh
except ModuleNotFoundError:
    raise ModuleNotFoundError("yolov5 is not there")


class PTDetector:
    size = 1280

    def __init__(self, path, cpu=False):
        self.device = "cpu"
        if not cpu and torch.cuda.is_available():
            self.device = torch.device("cuda:0")
        self.model = PTDetector._model(path, self.device)

    @staticmethod
    def _model(path, device):
        kept = torch.load(path, map_location=device)
        return kept["model"].float().fuse().eval()

    def detect(self, image, name, threshold):
        found = []
        whole = np.asarray(image)
        small = letterbox(whole, new_shape=self.size, stride=64, auto=True)[0].transpose((2, 0, 1))
        rows = torch.unsqueeze(torch.from_numpy(np.ascontiguousarray(small)).to(self.device).float() / 255, 0)
        for one in non_max_suppression(prediction=self.model(rows)[0], conf_thres=threshold):
            one[:, :4] = scale_boxes(rows.shape[2:], one[:, :4], whole.shape).round()
            for *corners, conf, kind in reversed(one):
                box = xyxy2xywh(torch.tensor(corners).view(1, 4)).view(-1).tolist()
                found.append({"category": str(int(kind)), "conf": cut_float(float(conf)), "bbox": cut_all(from_centre(box))})
        return {"file": name, "found": found}
