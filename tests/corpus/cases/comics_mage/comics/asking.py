"""Questions to services, tried again, and a log."""

import requests
import structlog
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

structlog.configure(processors=[structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer()])


def logger_of(name: str):
    return structlog.get_logger(name)


@retry(
    retry=retry_if_exception_type(requests.exceptions.RequestException),
    stop=stop_after_attempt(5),
    wait=wait_exponential(multiplier=1, max=30),
)
def asked(method: str, url: str, headers: dict, timeout: int):
    answer = requests.request(method, url, headers=headers, timeout=timeout)
    answer.raise_for_status()
    return answer
