"""One run while it goes on: schedule, attempts, what follows when they end."""
