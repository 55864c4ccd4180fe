"""The project's modules: found, parsed once, and what a dotted name means in them."""
