"""The image factory: needs -> lock -> plan -> Dockerfiles and bake document -> BuildKit -> images."""
