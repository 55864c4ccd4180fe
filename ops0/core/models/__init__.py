"""Models as files and versions: on this machine, or on an MLflow server."""
