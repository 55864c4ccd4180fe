import os
import sys

from lake import RAW, session
from pyspark.sql.functions import col, to_timestamp
from soda.scan import Scan


def view(spark):
    rows = spark.read.json(RAW).withColumn("at", to_timestamp(col("at")))
    rows.createOrReplaceTempView("telemetry")
    return rows.count()


def scan_of(spark):
    scan = Scan()
    scan.set_scan_definition_name("gate")
    scan.set_data_source_name("spark_df")
    scan.add_spark_session(spark, data_source_name="spark_df")
    scan.add_sodacl_yaml_file(os.path.join(os.path.dirname(__file__), "contract.yml"))
    return scan


def gate():
    spark = session()
    view(spark)
    scan = scan_of(spark)
    scan.execute()
    print(scan.get_logs_text())
    failed = scan.has_check_fails()
    spark.stop()
    if failed:
        sys.exit(1)


def warehouse_gate(name, folder="checks"):
    scan = Scan()
    scan.set_data_source_name("shop")
    scan.add_configuration_yaml_str(
        """
data_source shop:
  type: postgres
  host: db
"""
    )
    scan.add_sodacl_yaml_files(folder)
    if scan.execute() != 0:
        raise ValueError("checks failed")


if __name__ == "__main__":
    gate()
