"""What steps wrote, read by the host, which believes nothing of it."""
