"""What builds and pushes left behind, and what nobody has used for long: what ``ops0 gc`` removes."""
