import argparse

from . import db, pipeline


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", choices=["fetch", "parse", "run"])
    parser.add_argument("--db", default="reports.sqlite")
    args = parser.parse_args(argv)
    if args.stage == "run":
        print(pipeline.run(args.db))
        return 0
    connection = db.connect(args.db)
    getattr(pipeline, args.stage)(connection, "pdfs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
