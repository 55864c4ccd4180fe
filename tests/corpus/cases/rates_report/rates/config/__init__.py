from .base import Settings, settings_from_env

__all__ = ["Settings", "settings_from_env"]
