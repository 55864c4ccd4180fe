"""Notebooks as Python text, line for line; pure.

::

    bytes --document--> code cells --lines--> logical lines --magics--> Python text, installs, remarks

Why not IPython and nbformat: they are 17 and 11 distributions for one question, where does a logical line start?
Why not Python's tokenizer: from 3.12 on it gives up at ``!echo it's``, and older ones read on in the wrong place.
See lines.py.
"""
