"""What a pipeline is: values and pure functions. Only what stores values and models touches a disk or a server."""
