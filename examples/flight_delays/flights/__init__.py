"""What the steps of flight_delays are made of: one subject a module."""
