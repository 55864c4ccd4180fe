"""Deployments: a pipeline pinned to images, recorded where others find it, and run from there without source."""
