"""The proof of the slices: each imports with nothing but what was inferred, and holds every name its function uses.

What is proven of each (``prove.py``), in a process of its own, with the slices laid out as in an image:

- the slice of its module can be imported where nothing is importable but Python, its own slices and what was inferred;
- every global name that its code loads is there;
- every import in its body, and in what it reaches, finds what it names;
- every function in a slice has the lines of the original: what a traceback shows.

Of those that can be called without a service more (``run.py``): that the slice gives what the whole module gives,
with the inputs that stand beside the cases. README.md tells how.

``standins.py`` lets stand-ins of the inferred distributions be imported, for all functions in a minute; with real
ones, in environments of their own, behind OPS0_TESTS=deep.
"""
