"""From one function to all that it reaches."""
