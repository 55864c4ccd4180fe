from io import StringIO

import boto3


def store(key_id, secret):
    return boto3.client("s3", aws_access_key_id=key_id, aws_secret_access_key=secret)


def to_bucket(rows, key, bucket, key_id, secret):
    text = StringIO()
    rows.to_csv(text, index=False)
    client = store(key_id, secret)
    client.put_object(Bucket=bucket, Key=key, Body=text.getvalue())
    print(f"kept as s3://{bucket}/{key}")


def copy_statement(table, bucket, key, role):
    return f"COPY {table} FROM 's3://{bucket}/{key}' IAM_ROLE '{role}' FORMAT AS CSV IGNOREHEADER 1;"
