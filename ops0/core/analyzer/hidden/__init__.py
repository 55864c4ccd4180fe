"""What only texts and values lead to: imports by name, programs, scripts."""
