import numpy as np
import onnxruntime as ort
import tldextract


class Net:
    def __init__(self, path="models/dga.onnx"):
        self.session = ort.InferenceSession(path)

    def predict(self, name):
        domain = tldextract.extract(name).domain
        codes = np.array([[ord(one) for one in domain.ljust(40)[:40]]], dtype=np.int64)
        share = float(self.session.run(None, {"codes": codes})[0][0][1])
        return share > 0.8, share
