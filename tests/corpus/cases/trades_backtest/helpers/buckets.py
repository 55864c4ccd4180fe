import os

from config import CONFIG


def put_report(path):
    if not CONFIG["bucket"]:
        return None
    try:
        import boto3
    except ImportError:
        print("boto3 is not there: the report stays here")
        return None
    boto3.client("s3").upload_file(path, CONFIG["bucket"], os.path.basename(path))
    return f"s3://{CONFIG['bucket']}/{os.path.basename(path)}"
