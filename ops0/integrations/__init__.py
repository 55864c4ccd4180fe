"""Optional parts; each loads only where its library is there."""
