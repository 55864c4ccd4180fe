import os

import paramiko
from prefect import get_run_logger

from src.alerts import tell_channel


def upload(path: str, name: str):
    logger = get_run_logger()
    host, port = os.getenv("SFTP_HOST"), int(os.getenv("SFTP_PORT", 22))
    try:
        transport = paramiko.Transport((host, port))
        transport.connect(username=os.getenv("SFTP_USER"), password=os.getenv("SFTP_PASSWORD"))
        sftp = paramiko.SFTPClient.from_transport(transport)
        sftp.put(path, f"/{name}")
        sftp.close()
        transport.close()
    except Exception as error:
        tell_channel(f"upload of {name}: {error}", logger)
        raise
