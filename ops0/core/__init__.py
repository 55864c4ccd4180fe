"""What a pipeline is: values and pure functions. Nothing here reads a disk, a clock or a socket."""
