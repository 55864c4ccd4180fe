"""Which calls of a library need distributions that it does not bring, read from its own source: candidates for rules.

PYTHONPATH=scripts python -m hidden_needs FOLDER prints them; see docs/architecture.md.
"""
