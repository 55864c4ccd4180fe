import os
import shutil
import tarfile
import time

from sagemaker.tensorflow import TensorFlowModel


def exported(text, weights, folder):
    import tensorflow as tf

    model = tf.keras.models.model_from_json(text)
    model.set_weights(weights)
    model.save(os.path.join(folder, "1"))


def packed(folder, name):
    with tarfile.open(name, mode="w:gz") as archive:
        archive.add(folder, recursive=True)
    shutil.rmtree(folder)
    return name


def deployed(text, weights, s3, run):
    name = f"baskets-{run}-{int(time.time())}"
    exported(text, weights, name)
    packed(name, "model.tar.gz")
    with open("model.tar.gz", "rb") as file:
        address = s3.put("model.tar.gz", file)
    model = TensorFlowModel(model_data=address, role=os.environ["ROLE"], framework_version="2.11", entry_point="inference.py")
    model.deploy(initial_instance_count=1, instance_type="ml.c5.large", endpoint_name=name)
    return name
