"""What both engines are made of: the Docker Engine's API, containers, processes."""
