import base64

import cv2
import numpy as np
import runpod
import torch
from paddleocr import PaddleOCR
from pdf2image import convert_from_bytes
from transformers import AutoModelForCausalLM, AutoTokenizer

print("GPU:", torch.cuda.is_available())
if torch.cuda.is_available():
    print(torch.cuda.get_device_name(0))
else:
    print("no GPU")

reader = PaddleOCR(lang="ru", use_textline_orientation=True)

NAME = "Qwen/Qwen2.5-14B-Instruct"
tokenizer = AutoTokenizer.from_pretrained(NAME, trust_remote_code=True)
model = AutoModelForCausalLM.from_pretrained(
    NAME, device_map="cuda", torch_dtype=torch.float16, trust_remote_code=True
)
model.eval()


def pictures_of(data):
    pictures = []
    for page in convert_from_bytes(data, dpi=300):
        picture = np.array(page)
        picture = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        pictures.append(picture)
    return pictures


def words_of(pictures):
    words = []
    for picture in pictures:
        for page in reader.predict(picture):
            words.extend(page["rec_texts"])
    return words


def pieces(text, most=1200):
    found = []
    now = ""
    for line in text.split("\n"):
        if len(now) + len(line) < most:
            now += line + "\n"
        else:
            found.append(now)
            now = line + "\n"
    if now:
        found.append(now)
    return found


def answered(prompt, most):
    inputs = tokenizer(prompt, return_tensors="pt").to("cuda")
    with torch.no_grad():
        output = model.generate(**inputs, max_new_tokens=most, do_sample=False)
    return tokenizer.decode(output[0], skip_special_tokens=True)


def in_english(text):
    said = []
    for piece in pieces(text):
        said.append(answered(f"Translate:\n{piece}\nEnglish:", 400).split("English:")[-1].strip())
    return "\n".join(said)


def in_short(text):
    parts = [answered(f"In short:\n{one}\nShort:", 200) for one in pieces(text, most=2000)]
    return answered("All of it, in short:\n" + chr(10).join(parts), 300)


def handler(event):
    if event.get("input", {}).get("warmup"):
        return {"status": "warm"}
    data = event.get("input", {}).get("pdf")
    if not data:
        return {"error": "no file"}
    pictures = pictures_of(base64.b64decode(data))
    text = "\n".join(words_of(pictures))
    if not text.strip():
        return {"text": "", "english": "", "short": ""}
    english = in_english(text)
    return {"text": text, "english": english, "short": in_short(english)}


runpod.serverless.start({"handler": handler})
