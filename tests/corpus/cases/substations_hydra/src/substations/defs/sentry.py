import os
from contextlib import contextmanager

import dagster as dg
import sentry_sdk


@dg.failure_hook
def told(context: dg.HookContext):
    sentry_sdk.init(dsn=os.environ.get("SENTRY_DSN"))
    sentry_sdk.capture_exception(context.op_exception)


@contextmanager
def watched(name):
    with sentry_sdk.start_transaction(name=name):
        yield
