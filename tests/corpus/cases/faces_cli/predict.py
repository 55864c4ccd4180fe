import cv2
import numpy as np
from tensorflow.keras.models import load_model

NAMES = ["glad", "sad", "calm"]


def one(path, find_face=True):
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    if find_face:
        finder = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
        x, y, w, h = finder.detectMultiScale(image)[0]
        image = image[y : y + h, x : x + w]
    small = cv2.resize(image, (48, 48))[None, ..., None] / 255
    shares = load_model("best.keras").predict(small)[0]
    return NAMES[int(np.argmax(shares))], shares
