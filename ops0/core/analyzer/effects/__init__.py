"""What executing statements changes, and which must be kept for it."""
