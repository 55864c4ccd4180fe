"""Drives the installed ``ops0`` command as a user would, and looks at what it leaves behind."""
