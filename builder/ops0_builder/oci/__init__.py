"""OCI images as files: their values, and how they are taken out of the engine."""
