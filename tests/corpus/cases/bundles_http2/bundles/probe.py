import asyncio
from typing import Any

import httpx

try:
    import grpc
    from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

    HAS_GRPC = True
except Exception:
    HAS_GRPC = False


async def hint(url: str, timeout: float) -> dict[str, Any]:
    try:
        async with httpx.AsyncClient(http2=True, timeout=timeout) as client:
            answer = await client.post(url, headers={"content-type": "application/grpc"})
            return {"http": answer.http_version, "status": answer.status_code}
    except Exception as error:
        return {"error": str(error)}


def services(host: str) -> list[str]:
    channel = grpc.insecure_channel(host)
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    return [one.name for answer in stub.ServerReflectionInfo(iter([request])) for one in answer.list_services_response.service]


def probe(target: str, timeout: float = 8.0) -> dict[str, Any]:
    if HAS_GRPC and "://" not in target:
        return {"services": services(target)}
    return asyncio.run(hint(target, timeout))
