import numpy as np
import tensorflow.compat.v1 as tf

from beasts.numbers import cut_all, cut_float


class TFDetector:
    size = 1

    def __init__(self, path):
        graph = TFDetector._graph(path)
        self.session = tf.Session(graph=graph)
        self.image = graph.get_tensor_by_name("image_tensor:0")
        self.boxes = graph.get_tensor_by_name("detection_boxes:0")

    @staticmethod
    def rounded(scores, box):
        return cut_float(max(scores)), cut_all(box)

    @staticmethod
    def _graph(path):
        graph = tf.Graph()
        with graph.as_default():
            definition = tf.GraphDef()
            with tf.gfile.GFile(path, "rb") as file:
                definition.ParseFromString(file.read())
            tf.import_graph_def(definition, name="")
        return graph

    def asked(self, image):
        rows = np.expand_dims(np.asarray(image, np.uint8), axis=0)
        return self.session.run(self.boxes, feed_dict={self.image: rows})

    def detect(self, image, name, threshold):
        boxes = self.asked(image)
        found = [{"category": "1", "conf": threshold, "bbox": cut_all(box)} for box in boxes[0].tolist()]
        return {"file": name, "found": found}
