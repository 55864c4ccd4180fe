import argparse
import json
import os
from typing import Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from google.cloud import storage


class Lines(beam.coders.Coder):
    def encode(self, value):
        return json.dumps(value).encode("utf-8")

    def decode(self, value):
        return json.loads(value)


class Diffs(beam.DoFn):
    def __init__(self, most: int = 10000):
        self.index = None
        self.most = most

    def setup(self):
        import clang.cindex

        self.index = clang.cindex.Index.create()

    def walk(self, root, depth=0):
        if depth < 2:
            for node in root.get_children():
                yield node
                self.walk(node, depth=depth + 1)

    def pair(self, before: str, after: str):
        if max(len(before), len(after)) > self.most:
            return None
        import difflib

        from clang.cindex import CursorKind

        kept = []
        for name, text in (("before.cpp", before), ("after.cpp", after)):
            unit = self.index.parse(name, unsaved_files=[(name, text)])
            found = [one for one in self.walk(unit.cursor) if one.kind == CursorKind.FUNCTION_DECL]
            kept.append({one.spelling: text[one.extent.begin_int_data : one.extent.end_int_data] for one in found})
        both = kept[0].keys() & kept[1].keys()
        return ["".join(difflib.unified_diff(kept[0][one].splitlines(), kept[1][one].splitlines())) for one in both]

    def process(self, element: dict):
        found = self.pair(element["before"], element["after"])
        if found:
            element["diffs"] = found
            yield element


def steps(root: beam.Pipeline, files: Sequence[str], out: str):
    return (
        root
        | "files" >> beam.Create(files)
        | "read" >> beam.io.textio.ReadAllFromText()
        | "parse" >> beam.Map(json.loads)
        | "diffs" >> beam.ParDo(Diffs())
        | "write" >> beam.io.textio.WriteToText(out, file_name_suffix=".jsonl", coder=Lines())
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--out", required=True)
    asked, rest = parser.parse_known_args()
    blobs = storage.Client().list_blobs(asked.bucket, prefix=asked.prefix)
    files = [os.path.join("gs://", asked.bucket, one.name) for one in blobs if one.name.endswith(".jsonl")]
    with beam.Pipeline(options=PipelineOptions(rest)) as pipeline:
        steps(pipeline, files, asked.out)


if __name__ == "__main__":
    main()
