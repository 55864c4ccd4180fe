import time

import httpx

AGAIN = frozenset({429, 500, 502, 503})
FAULTS = (httpx.TimeoutException, httpx.NetworkError)


class Patient(httpx.BaseTransport):
    def __init__(self, inner, tries=3, wait=0.5, sleep=time.sleep):
        self._inner = inner
        self._tries = tries
        self._wait = wait
        self._sleep = sleep

    def handle_request(self, request):
        fault = None
        for attempt in range(self._tries):
            if attempt:
                self._sleep(self._wait * 2 ** (attempt - 1))
            try:
                answer = self._inner.handle_request(request)
            except FAULTS as error:
                fault = error
                continue
            if answer.status_code in AGAIN and attempt < self._tries - 1:
                answer.close()
                continue
            return answer
        raise fault

    def close(self):
        self._inner.close()


def client(headers=None, proxy=None, tries=3):
    inner = httpx.HTTPTransport(proxy=proxy, retries=tries)
    return httpx.Client(timeout=60, headers=headers or {}, transport=Patient(inner, tries=tries))
