"""The table that the plug-ins fill."""

SHAPES = {}


def shape(name):
    def note(function):
        SHAPES[name] = function
        return function

    return note
