from datetime import datetime

import gradio as gr
import numpy as np
import tensorflow as tf

model = tf.keras.models.load_model("colours.hdf5")
NAMES = ["black", "blue", "green", "red", "white"]


def colours(image):
    global model
    if model is None:
        model = tf.keras.models.load_model("models/colours.hdf5")
    data = np.expand_dims(np.asarray(image), axis=0)
    shares = np.ravel(model.predict(data / 255))
    print(datetime.now())
    found = {NAMES[i]: float(shares[i]) for i in np.where(shares > 0)[0]}
    return found or "none"


def shown(found):
    return ", ".join(f"{name} {share:.0%}" for name, share in sorted(found.items()))


page = gr.Interface(
    title="Colours",
    fn=colours,
    inputs=gr.Image(height=227, width=227),
    outputs=gr.Label(),
    examples=["shoes.jpg"],
)
page.launch()
