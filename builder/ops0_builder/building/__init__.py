"""BuildTree -> images: BuildKit's rounds, its events, and the proof of each image before it gets its tag."""
