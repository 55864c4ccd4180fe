"""Bundles: a pipeline with all its images in one file, to run where there is no source, no index and no registry."""
