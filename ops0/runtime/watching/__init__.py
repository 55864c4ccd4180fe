"""What people see of runs, folded from their event logs."""
