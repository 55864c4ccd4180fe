"""The commands: options to values, one call, show the result."""
