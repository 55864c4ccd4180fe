"""What a project's settings and installed plugins say, as frozen values. Pure."""
