"""What a module's syntax says by itself: names, scopes, units, tests that are known. Knows no other module."""
