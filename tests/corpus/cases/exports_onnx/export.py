"""Makes a judge of reviews small and fast: ONNX, whole numbers, and how long it takes."""

import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from datasets import load_dataset
from onnxconverter_common import float16
from onnxruntime.quantization import QuantType, quantize_dynamic
from optimum.onnxruntime import ORTModelForSequenceClassification, ORTOptimizer, ORTQuantizer
from optimum.onnxruntime.configuration import AutoQuantizationConfig, OptimizationConfig
from skl2onnx import to_onnx
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

NAME = "distilbert-base-uncased-finetuned-sst-2-english"


def by_torch(out: Path) -> Path:
    model = AutoModelForSequenceClassification.from_pretrained(NAME).eval()
    example = AutoTokenizer.from_pretrained(NAME)("fine", return_tensors="pt")
    path = out / "torch.onnx"
    torch.onnx.export(
        model,
        (example["input_ids"], example["attention_mask"]),
        str(path),
        input_names=["input_ids", "attention_mask"],
        dynamic_axes={"input_ids": {0: "batch", 1: "words"}, "attention_mask": {0: "batch", 1: "words"}},
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(str(path)))
    return path


def by_optimum(out: Path) -> Path:
    model = ORTModelForSequenceClassification.from_pretrained(NAME, export=True)
    ORTOptimizer.from_pretrained(model).optimize(OptimizationConfig(optimization_level=2), save_dir=out)
    quantizer = ORTQuantizer.from_pretrained(out, file_name="model_optimized.onnx")
    quantizer.quantize(AutoQuantizationConfig.avx512_vnni(is_static=False), save_dir=out)
    return out / "model_optimized_quantized.onnx"


def halved(path: Path) -> Path:
    small = float16.convert_float_to_float16(onnx.load(str(path)), keep_io_types=True)
    onnx.save(small, str(path.with_suffix(".half.onnx")))
    return path.with_suffix(".half.onnx")


def whole(path: Path) -> Path:
    quantize_dynamic(str(path), str(path.with_suffix(".whole.onnx")), weight_type=QuantType.QInt8)
    return path.with_suffix(".whole.onnx")


def session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def fed(texts):
    reader = Tokenizer.from_pretrained(NAME)
    reader.enable_padding()
    rows = reader.encode_batch(list(texts))
    return {
        "input_ids": np.array([one.ids for one in rows], dtype=np.int64),
        "attention_mask": np.array([one.attention_mask for one in rows], dtype=np.int64),
    }


def guesses(made, texts):
    return made.run(None, fed(texts))[0].argmax(axis=-1)


def timed(made, texts, times=20):
    inputs = fed(texts)
    begin = time.perf_counter()
    for _ in range(times):
        made.run(None, inputs)
    return (time.perf_counter() - begin) / times


def plain(texts, known):
    judge = make_pipeline(TfidfVectorizer(max_features=2000), LogisticRegression()).fit(texts, known)
    Path("plain.onnx").write_bytes(to_onnx(judge, np.array(texts[:1]).reshape(-1, 1)).SerializeToString())
    return judge


def first(texts):
    judge = pipeline("text-classification", model=NAME, torch_dtype=torch.float16)
    return [one["label"] for one in judge(texts)]


def main():
    rows = load_dataset("sst2", split="validation[:100]").to_pandas()
    texts = rows["sentence"].tolist()
    path = by_torch(Path("out"))
    for one in (path, halved(path), whole(path), by_optimum(Path("out"))):
        made = session(one)
        hits = float((guesses(made, texts) == rows["label"].to_numpy()).mean())
        print(one.name, hits, timed(made, texts[:8]))
    print(first(texts[:2]), plain(texts, rows["label"]).score(texts, rows["label"]))


if __name__ == "__main__":
    main()
