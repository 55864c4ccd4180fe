"""Registries: pushing images, small documents beside them, and nothing that the user's Docker would do otherwise."""
