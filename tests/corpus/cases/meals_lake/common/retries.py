from prefect.tasks import exponential_backoff

STORE = {"retries": 3, "retry_delay_seconds": exponential_backoff(backoff_factor=2), "retry_jitter_factor": 0.5}
ASK = {"retries": 5, "retry_delay_seconds": 60}


def with_more(policy, **more):
    return {**policy, **more}
