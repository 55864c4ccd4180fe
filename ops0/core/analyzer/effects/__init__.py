"""What executing statements changes, and which must be kept for it.

::

    a piece of code --watching--> Outline: what it does by itself, its calls open    calling, origins, outlines
    outlines --solving--> Doings: what a statement changes with all that it calls    looking, circles, rounds, doings
    all modules that a file imports --> World: who changes, holds and imports what   world, statements
    World + what is reached --> statements that are kept                             effects, weak, order, registrations
"""
