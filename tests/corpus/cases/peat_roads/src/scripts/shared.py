import logging
import re

import boto3
import coiled
from botocore.exceptions import ClientError
from dask.distributed import Client
from osgeo import gdal

kinds = {"Byte": gdal.GDT_Byte, "Float32": gdal.GDT_Float32}


def listed(bucket, prefix):
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def uploaded(path, bucket, key):
    try:
        boto3.client("s3").upload_file(path, bucket, key)
        return True
    except ClientError as error:
        logging.error("%s: %s", key, error)
        return False


def connected(name, workers, region="us-east-1"):
    cluster = coiled.Cluster(name=name, n_workers=workers, region=region)
    return cluster, Client(cluster)


def bounds_of(tile):
    south, east = re.match(r"(\d\d)[NS]_(\d\d\d)[EW]", tile).groups()
    return int(east), int(south) - 10, int(east) + 10, int(south)


def warped(source, out, bounds, kind="Float32"):
    options = gdal.WarpOptions(outputBounds=bounds, outputType=kinds[kind], dstNodata=0)
    gdal.Warp(out, source, options=options)
    return out
