from multiprocessing import Pool, Process

import cv2
import numpy as np
import torch
import torchvision
from flask import Flask, jsonify, render_template, request
from torchvision.io.image import read_image
from torchvision.models.detection import MaskRCNN_ResNet50_FPN_Weights, maskrcnn_resnet50_fpn
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, pipeline

from shots import frames_of
from tags import Tags

app = Flask(__name__)


def thumbnail(frames):
    best = max(frames, key=lambda frame: cv2.Laplacian(frame, cv2.CV_64F).var())
    cv2.imwrite("thumbnail.jpg", best)
    return "thumbnail.jpg"


def people(path):
    weights = MaskRCNN_ResNet50_FPN_Weights.DEFAULT
    network = maskrcnn_resnet50_fpn(weights=weights).eval()
    found = network([weights.transforms()(read_image(path))])[0]
    return int((found["scores"] > 0.8).sum())


def korean(sentences):
    tokenizer = AutoTokenizer.from_pretrained("QuoQA-NLP/KE-T5-En2Ko-Base")
    model = AutoModelForSeq2SeqLM.from_pretrained("QuoQA-NLP/KE-T5-En2Ko-Base")
    out = model.generate(**tokenizer(sentences, return_tensors="pt", padding=True))
    return [tokenizer.decode(one, skip_special_tokens=True) for one in out]


def captions(paths):
    describe = pipeline("image-to-text", model="Salesforce/blip-image-captioning-base")
    return [describe(path)[0]["generated_text"] for path in paths]


def hashtags(sentences):
    return Tags(korean(sentences)).keywords


def test():
    return {"picture": "thumbnail.jpg", "tags": ["#sea"]}


@app.route("/summary", methods=["POST"])
def predict():
    data = request.get_json()
    frames = frames_of(data["source"])
    path = thumbnail(frames)
    return {"picture": path, "people": people(path), "tags": hashtags(captions([path])), "user": data["user"]}


if __name__ == "__main__":
    app.run()
