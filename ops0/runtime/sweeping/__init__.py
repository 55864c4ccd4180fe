"""What nobody owns any more, or is to go after its run."""
