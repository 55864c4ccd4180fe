"""The images that steps stand on: found on the engine, pulled, or made; and what each says of itself."""
