"""What is asked of the engine itself: names in its grammar, images that it holds, one container run to its end."""
