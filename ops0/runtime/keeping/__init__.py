"""Results that are kept for other runs."""
