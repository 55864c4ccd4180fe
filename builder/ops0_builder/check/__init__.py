"""Whether two builds without cache give the same image, and where they do not, which files differ.

``building`` builds each image twice, aside; ``saved`` reads both out of the engine; ``compare`` is pure.
"""
