"""What TFX runs of a pipeline that guesses tips: changes, a trainer, and what is served."""

from typing import List, Text

import keras_tuner
import tensorflow as tf
import tensorflow_data_validation as tfdv
import tensorflow_model_analysis as tfma
import tensorflow_transform as tft
from tfx import v1 as tfx
from tfx.components.trainer.fn_args_utils import DataAccessor, FnArgs
from tfx_bsl.public import tfxio

NUMBERS = ["miles", "fare", "seconds"]
KINDS = ["company", "payment"]
KNOWN = "tips"


def renamed(key: Text) -> Text:
    return f"{key}_xf"


def dense(x):
    if not isinstance(x, tf.sparse.SparseTensor):
        return x
    missing = "" if x.dtype == tf.string else 0
    whole = tf.sparse.to_dense(tf.SparseTensor(x.indices, x.values, [x.dense_shape[0], 1]), missing)
    return tf.squeeze(whole, axis=1)


def preprocessing_fn(inputs):
    outputs = {renamed(key): tft.scale_to_z_score(dense(inputs[key])) for key in NUMBERS}
    for key in KINDS:
        outputs[renamed(key)] = tft.compute_and_apply_vocabulary(dense(inputs[key]), top_k=100, num_oov_buckets=5)
    fare, tips = dense(inputs["fare"]), dense(inputs[KNOWN])
    outputs[renamed(KNOWN)] = tf.where(
        tf.math.is_nan(fare), tf.zeros_like(fare, tf.int64), tf.cast(tips > fare * 0.2, tf.int64)
    )
    return outputs


def rows(pattern: List[Text], accessor: DataAccessor, transformed: tft.TFTransformOutput, batch: int = 200):
    return accessor.tf_dataset_factory(
        pattern,
        tfxio.TensorFlowDatasetOptions(batch_size=batch, label_key=renamed(KNOWN)),
        transformed.transformed_metadata.schema,
    ).repeat()


def served(model, transformed):
    model.tft_layer = transformed.transform_features_layer()

    @tf.function
    def serve(examples):
        wanted = transformed.raw_feature_spec()
        wanted.pop(KNOWN)
        return model(model.tft_layer(tf.io.parse_example(examples, wanted)))

    return serve


def model_of(settings: keras_tuner.HyperParameters) -> tf.keras.Model:
    inputs = {renamed(key): tf.keras.layers.Input(shape=(1,), name=renamed(key)) for key in (*NUMBERS, *KINDS)}
    x = tf.keras.layers.concatenate(list(inputs.values()))
    for _ in range(settings.get("layers")):
        x = tf.keras.layers.Dense(settings.get("units"), activation="relu")(x)
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(1, activation="sigmoid")(x))
    model.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["AUC"])
    return model


def tuner_fn(args: FnArgs) -> tfx.components.TunerFnResult:
    settings = keras_tuner.HyperParameters()
    settings.Int("layers", 1, 4, default=2)
    settings.Choice("units", [16, 64], default=16)
    tuner = keras_tuner.RandomSearch(model_of, objective="val_auc", max_trials=6, hyperparameters=settings)
    transformed = tft.TFTransformOutput(args.transform_graph_path)
    return tfx.components.TunerFnResult(
        tuner=tuner, fit_kwargs={"x": rows(args.train_files, args.data_accessor, transformed), "steps_per_epoch": 100}
    )


def run_fn(args: FnArgs) -> None:
    transformed = tft.TFTransformOutput(args.transform_output)
    settings = keras_tuner.HyperParameters.from_config(args.hyperparameters)
    model = model_of(settings)
    model.fit(
        rows(args.train_files, args.data_accessor, transformed),
        steps_per_epoch=args.train_steps,
        callbacks=[tf.keras.callbacks.TensorBoard(log_dir=args.model_run_dir)],
    )
    signatures = {"serving_default": served(model, transformed).get_concrete_function(tf.TensorSpec([None], tf.string))}
    model.save(args.serving_model_dir, save_format="tf", signatures=signatures)


def judge() -> tfma.EvalConfig:
    return tfma.EvalConfig(
        model_specs=[tfma.ModelSpec(label_key=KNOWN)],
        slicing_specs=[tfma.SlicingSpec(), tfma.SlicingSpec(feature_keys=["company"])],
        metrics_specs=[tfma.MetricsSpec(metrics=[tfma.MetricConfig(class_name="AUC")])],
    )


def odd(path: Text, before: Text) -> None:
    stats = tfdv.generate_statistics_from_csv(data_location=path)
    schema = tfdv.infer_schema(tfdv.generate_statistics_from_csv(data_location=before))
    found = tfdv.validate_statistics(statistics=stats, schema=schema)
    if found.anomaly_info:
        tfdv.write_anomalies_text(found, "odd.pbtxt")


def pipeline(data: Text, root: Text, module: Text) -> tfx.dsl.Pipeline:
    examples = tfx.components.CsvExampleGen(input_base=data)
    stats = tfx.components.StatisticsGen(examples=examples.outputs["examples"])
    schema = tfx.components.SchemaGen(statistics=stats.outputs["statistics"])
    changed = tfx.components.Transform(
        examples=examples.outputs["examples"], schema=schema.outputs["schema"], module_file=module
    )
    trained = tfx.components.Trainer(
        module_file=module,
        examples=changed.outputs["transformed_examples"],
        transform_graph=changed.outputs["transform_graph"],
        train_args=tfx.proto.TrainArgs(num_steps=500),
        eval_args=tfx.proto.EvalArgs(num_steps=50),
    )
    judged = tfx.components.Evaluator(
        examples=examples.outputs["examples"], model=trained.outputs["model"], eval_config=judge()
    )
    return tfx.dsl.Pipeline("tips", root, components=[examples, stats, schema, changed, trained, judged])


if __name__ == "__main__":
    odd("data/now.csv", "data/before.csv")
    tfx.orchestration.LocalDagRunner().run(pipeline("data", "root", __file__))
