"""One run in play: schedule, attempts, what follows when they end."""
