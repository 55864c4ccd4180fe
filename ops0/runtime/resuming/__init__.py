"""What a run that broke off came to, who leads it, and what of it need not be done again."""
