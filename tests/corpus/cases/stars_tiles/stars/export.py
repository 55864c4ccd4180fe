"""Catalogues for others."""

import os


def required():
    try:
        import hats_import  # noqa: F401

        return True
    except ImportError as error:
        raise ImportError("pip install hats-import") from error


def to_hats(path, out, name, threaded=False, client=None, **more):
    required()
    from hats_import.catalog.arguments import ImportArguments
    from hats_import.pipeline import pipeline, pipeline_with_client

    args = ImportArguments(output_artifact_name=name, input_file_list=[path], file_reader="parquet", output_path=out, **more)
    if client is not None:
        pipeline_with_client(args, client)
    elif threaded:
        from dask.distributed import Client

        with Client(n_workers=1, threads_per_worker=4, processes=False) as one:
            pipeline_with_client(args, one)
    else:
        pipeline(args)
    return os.path.join(out, name)


def arguments():
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--parquet", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--name", required=True)
    return parser


def main(argv=None):
    args = arguments().parse_args(argv)
    print(to_hats(args.parquet, args.out, args.name, threaded=True))
