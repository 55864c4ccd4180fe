"""Puts the lines of a month's cloud bill into an index, and points the month's name at the new index."""

import datetime
import json
import re
import sys

import boto3
import elasticsearch
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from elasticsearch import ElasticsearchException, helpers
from elasticsearch.connection import create_ssl_context
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket", "folder", "index_name", "alias_name", "domain"])
sc = SparkContext()
glue = GlueContext(sc)
spark = glue.spark_session
job = Job(glue)
job.init(args["JOB_NAME"], args)

bucket = args["bucket"]
domain = args["domain"]
alias_name = args["alias_name"]
now = datetime.datetime.now()
index_base = args["index_name"].format(str(now.year), str(now.month))
index_name = index_base + "-" + str(now.day)
domain_everywhere = sc.broadcast(domain)
index_everywhere = sc.broadcast(index_name)
added = sc.accumulator(0)
refused = sc.accumulator(0)


def documents(rows):
    for row in rows:
        yield {"_index": index_everywhere.value, "_type": "bill", "_source": row.asDict()}


def upload(rows):
    context = create_ssl_context(cafile=None, capath=None, cadata=None)
    index = elasticsearch.Elasticsearch([domain_everywhere.value], verify_certs=False, ssl_context=context)
    try:
        done = helpers.bulk(index, documents(rows), stats_only=True, raise_on_error=False, chunk_size=500)
        added.add(done[0])
        refused.add(done[1])
    except ElasticsearchException as error:
        print("the index says:", error)


def report_number(name, prefix):
    s3 = boto3.resource("s3")
    manifest = s3.Object(name, prefix + "bill-Manifest.json")
    text = manifest.get()["Body"].read().decode("utf-8")
    return json.loads(text)["assemblyId"]


def switch_alias():
    global domain
    global index_name
    alias = alias_name + index_base
    context = create_ssl_context(cafile=None, capath=None, cadata=None)
    index = elasticsearch.Elasticsearch([domain], verify_certs=False, ssl_context=context)
    former = ""
    try:
        former = list(index.get_alias(name=alias).keys())[0]
        index.indices.delete_alias(index=index_base + "*", name=alias)
    except ElasticsearchException as error:
        print(error)
    index.indices.put_alias(index=index_name, name=alias)
    if former != "":
        index.indices.delete(index=former)


month = f"{now.year}{now.month:02}01"
number = report_number(bucket, args["folder"] + "/" + month + "/")
folder = f"s3://{bucket}/{args['folder']}/{month}/{number}/"

s3_client = boto3.client(service_name="s3", region_name="eu-west-1")
names = []
for one in s3_client.list_objects(Bucket=bucket, Prefix=folder)["Contents"]:
    if one["Key"].endswith(".gz"):
        names.append("s3://" + bucket + "/" + one["Key"])

lines = glue.create_dynamic_frame.from_options(
    connection_type="s3", connection_options={"paths": names}, format="csv", format_options={"withHeader": True}
).toDF()
for column in lines.columns:
    if re.match(".*(cost|rate|amount)$", column, re.I):
        lines = lines.withColumn(column, lines[column].cast("float"))

lines.foreachPartition(upload)
print(added.value, "added,", refused.value, "refused")
switch_alias()
job.commit()
