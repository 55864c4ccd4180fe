"""Imports below namespaces, and what pipreqs's mapping gets wrong: one line each."""

from __future__ import annotations

import pytest

from ops0.core.facts import Facts, ImportFact
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import StepDeclared
from ops0.core.requirements.errors import AmbiguousImport, UnknownImport
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Context, Resolved
from ops0.host.tables import read_tables

CONTEXT = Context(target=Target(python="3.11"), tables=read_tables())

NAMES = """
google.api_core.exceptions google-api-core
google.auth.default google-auth
google.auth.transport.requests google-auth requests
google.cloud.aiplatform google-cloud-aiplatform
google.cloud.bigquery google-cloud-bigquery
google.cloud.bigquery_storage_v1 google-cloud-bigquery-storage
google.cloud.billing.budgets_v1 google-cloud-billing-budgets
google.cloud.container_v1beta1 google-cloud-container
google.cloud.dataproc_v1 google-cloud-dataproc
google.cloud.devtools.cloudbuild_v1 google-cloud-build
google.cloud.exceptions google-cloud-core
google.cloud.firestore google-cloud-firestore
google.cloud.kms_v1 google-cloud-kms
google.cloud.logging google-cloud-logging
google.cloud.monitoring_v3 google-cloud-monitoring
google.cloud.pubsub_v1 google-cloud-pubsub
google.cloud.pubsublite google-cloud-pubsublite
google.cloud.recaptchaenterprise_v1 google-cloud-recaptcha-enterprise
google.cloud.secretmanager_v1 google-cloud-secret-manager
google.cloud.security.privateca_v1 google-cloud-private-ca
google.cloud.sql.connector cloud-sql-python-connector
google.cloud.storage.blob google-cloud-storage
google.cloud.translate_v2 google-cloud-translate
google.cloud.video.transcoder_v1 google-cloud-video-transcoder
google.cloud.vision_v1p3beta1 google-cloud-vision
google.genai google-genai
google.generativeai google-generativeai
google.ai.generativelanguage google-ai-generativelanguage
google.longrunning.operations_pb2 googleapis-common-protos
google.oauth2.service_account google-auth
google.protobuf.timestamp_pb2 protobuf
google.rpc.status_pb2 googleapis-common-protos
google.type.date_pb2 googleapis-common-protos
google_auth_oauthlib.flow google-auth-oauthlib
googleapiclient.discovery google-api-python-client
azure.ai.documentintelligence azure-ai-documentintelligence
azure.ai.formrecognizer azure-ai-formrecognizer
azure.ai.language.questionanswering azure-ai-language-questionanswering
azure.ai.ml azure-ai-ml
azure.ai.textanalytics azure-ai-textanalytics
azure.ai.translation.text azure-ai-translation-text
azure.batch azure-batch
azure.cognitiveservices.speech azure-cognitiveservices-speech
azure.cognitiveservices.vision.computervision azure-cognitiveservices-vision-computervision
azure.communication.email azure-communication-email
azure.core.exceptions azure-core
azure.cosmos azure-cosmos
azure.data.tables azure-data-tables
azure.eventhub azure-eventhub
azure.identity azure-identity
azure.identity.aio azure-identity aiohttp
azure.iot.hub azure-iot-hub
azure.keyvault.secrets azure-keyvault-secrets
azure.kusto.data azure-kusto-data
azure.mgmt.containerservice azure-mgmt-containerservice
azure.mgmt.cosmosdb azure-mgmt-cosmosdb
azure.mgmt.datafactory azure-mgmt-datafactory
azure.mgmt.monitor azure-mgmt-monitor
azure.monitor.ingestion azure-monitor-ingestion
azure.monitor.opentelemetry.exporter azure-monitor-opentelemetry-exporter
azure.monitor.query azure-monitor-query
azure.search.documents.indexes azure-search-documents
azure.servicebus azure-servicebus
azure.storage.blob azure-storage-blob
azure.storage.filedatalake azure-storage-file-datalake
azure.storage.fileshare azure-storage-file-share
azure.storage.queue azure-storage-queue
azure.synapse.artifacts azure-synapse-artifacts
airflow.decorators apache-airflow
airflow.models.baseoperator apache-airflow
airflow.providers.airbyte.operators.airbyte apache-airflow-providers-airbyte
airflow.providers.amazon.aws.hooks.s3 apache-airflow-providers-amazon
airflow.providers.apache.hive.hooks.hive apache-airflow-providers-apache-hive
airflow.providers.apache.kafka.hooks.base apache-airflow-providers-apache-kafka
airflow.providers.apache.spark.operators.spark_submit apache-airflow-providers-apache-spark
airflow.providers.atlassian.jira.hooks.jira apache-airflow-providers-atlassian-jira
airflow.providers.cncf.kubernetes.operators.pod apache-airflow-providers-cncf-kubernetes
airflow.providers.common.sql.hooks.sql apache-airflow-providers-common-sql
airflow.providers.databricks.hooks.databricks apache-airflow-providers-databricks
airflow.providers.dbt.cloud.hooks.dbt apache-airflow-providers-dbt-cloud
airflow.providers.google.cloud.hooks.bigquery apache-airflow-providers-google
airflow.providers.hashicorp.hooks.vault apache-airflow-providers-hashicorp
airflow.providers.http.hooks.http apache-airflow-providers-http
airflow.providers.microsoft.azure.hooks.wasb apache-airflow-providers-microsoft-azure
airflow.providers.microsoft.mssql.hooks.mssql apache-airflow-providers-microsoft-mssql
airflow.providers.mongo.hooks.mongo apache-airflow-providers-mongo
airflow.providers.opsgenie.hooks.opsgenie apache-airflow-providers-opsgenie
airflow.providers.postgres.hooks.postgres apache-airflow-providers-postgres
airflow.providers.sftp.hooks.sftp apache-airflow-providers-sftp
airflow.providers.slack.hooks.slack apache-airflow-providers-slack
airflow.providers.snowflake.hooks.snowflake apache-airflow-providers-snowflake
airflow.providers.standard.operators.python apache-airflow-providers-standard
airflow.providers.weaviate.hooks.weaviate apache-airflow-providers-weaviate
snowflake.connector snowflake-connector-python
snowflake.ml.registry snowflake-ml-python
snowflake.snowpark.functions snowflake-snowpark-python
snowflake.sqlalchemy snowflake-sqlalchemy
opentelemetry.trace opentelemetry-api
opentelemetry.exporter.cloud_trace opentelemetry-exporter-gcp-trace
opentelemetry.exporter.otlp.proto.grpc.trace_exporter opentelemetry-exporter-otlp-proto-grpc
opentelemetry.exporter.otlp.proto.http.metric_exporter opentelemetry-exporter-otlp-proto-http
opentelemetry.instrumentation.aiohttp_client opentelemetry-instrumentation-aiohttp-client
opentelemetry.instrumentation.fastapi opentelemetry-instrumentation-fastapi
opentelemetry.instrumentation.psycopg2 opentelemetry-instrumentation-psycopg2
opentelemetry.instrumentation.utils opentelemetry-instrumentation
opentelemetry.propagators.b3 opentelemetry-propagator-b3
opentelemetry.sdk.trace.export opentelemetry-sdk
opentelemetry.semconv.resource opentelemetry-semantic-conventions
flytekitplugins.bigquery flytekitplugins-bigquery
flytekitplugins.fsspec flytekitplugins-data-fsspec
flytekitplugins.great_expectations flytekitplugins-great-expectations
flytekitplugins.kfpytorch flytekitplugins-kfpytorch
flytekitplugins.spark flytekitplugins-spark
prefect_aws prefect-aws
prefect_dbt.cli prefect-dbt
prefect_gcp.bigquery prefect-gcp
prefect_great_expectations prefect-great-expectations
prefect_redis prefect-redis
dagster_aws.s3 dagster-aws
dagster_duckdb_polars dagster-duckdb-polars
dagster_snowflake_pandas dagster-snowflake-pandas
dagster_pipes dagster-pipes
kfp.dsl kfp
kfp.kubernetes kfp-kubernetes
google_cloud_pipeline_components google-cloud-pipeline-components
dbt.adapters.postgres dbt-postgres
dbt.adapters.redshift dbt-redshift
dbt.cli.main dbt-core
llama_index.core llama-index-core
llama_index.llms.anthropic llama-index-llms-anthropic
llama_index.vector_stores.chroma llama-index-vector-stores-chroma
langchain_google_genai langchain-google-genai
zope.component zope-component
zope.sqlalchemy zope-sqlalchemy
backports.zoneinfo backports-zoneinfo
backports.tempfile backports-tempfile
jaraco.collections jaraco-collections
jaraco.path jaraco-path
sphinxcontrib.bibtex sphinxcontrib-bibtex
mpl_toolkits.axes_grid1 matplotlib
mpl_toolkits.basemap basemap
ruamel.yaml ruamel-yaml
paho.mqtt.client paho-mqtt
mysql.connector mysql-connector-python
databricks.sdk databricks-sdk
databricks.sql databricks-sql-connector
delta.tables delta-spark
pkg_resources setuptools
attr attrs
bson pymongo
cv2 opencv-python-headless
Crypto.Cipher pycryptodome
MySQLdb mysqlclient
OpenSSL pyopenssl
PIL.Image pillow
dateutil.parser python-dateutil
docx python-docx
dotenv python-dotenv
faiss faiss-cpu
fitz pymupdf
git gitpython
github pygithub
hydra hydra-core
ibis ibis-framework
imblearn imbalanced-learn
jose python-jose
jwt pyjwt
kafka kafka-python
Levenshtein levenshtein
magic python-magic
psycopg2 psycopg2-binary
pythonjsonlogger python-json-logger
serial pyserial
skimage.io scikit-image
sklearn.svm scikit-learn
slugify python-slugify
snappy python-snappy
socks pysocks
telegram python-telegram-bot
umap umap-learn
usb.core pyusb
websocket websocket-client
whisper openai-whisper
xgboost xgboost
yaml pyyaml
zmq pyzmq
"""
TABLE = [line.split() for line in NAMES.split("\n") if line]
PROVIDERS = [
    (prefix, name)
    for prefix, name in CONTEXT.tables.imports.items()
    if prefix.startswith("airflow.providers.")
]


def needs(module: str, *names: str) -> Resolved:
    fact = ImportFact(
        module=module, names=names, where=Where("flow.py", 3), text=f"import {module}"
    )
    return resolve_needs("load", Facts(imports=(fact,)), StepDeclared(), CONTEXT)


@pytest.mark.parametrize(("module", "names"), [(line[0], set(line[1:])) for line in TABLE])
def test_an_import_comes_from(module: str, names: set[str]) -> None:
    assert {need.name for need in needs(module).needs} == names
    package, dot, last = module.rpartition(".")
    if dot and package not in CONTEXT.tables.absent:
        assert names <= {need.name for need in needs(package, last).needs} | {"requests", "aiohttp"}


def test_there_are_a_hundred_providers_of_airflow_each_named_by_its_import() -> None:
    assert len(PROVIDERS) >= 100
    for prefix, name in PROVIDERS:
        words = prefix.removeprefix("airflow.providers.").replace(".", "-").replace("_", "-")
        assert name == f"apache-airflow-providers-{words}"


@pytest.mark.parametrize(
    "module",
    [
        "airflow.providers.acme",
        "airflow.providers.apache",
        "azure.acme",
        "azure.mgmt",
        "azure.storage.acme",
        "dbt.adapters.acme",
        "flytekitplugins.acme",
        "google.acme",
        "google.cloud.acme_v1",
        "google.cloud.video",
        "google.colab",
        "jaraco.acme",
        "llama_index.llms.acme",
        "opentelemetry.exporter.acme",
        "opentelemetry.instrumentation.acme",
        "snowflake.acme",
        "sphinxcontrib.acme",
        "zope.acme",
    ],
)
def test_what_no_table_knows_below_a_namespace_is_unknown(module: str) -> None:
    with pytest.raises((UnknownImport, AmbiguousImport)) as fault:
        needs(module)
    assert fault.value.where == Where("flow.py", 3)
