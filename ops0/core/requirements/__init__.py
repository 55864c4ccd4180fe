"""From facts to needs: which distributions and Debian packages one step needs, each with its reasons.

``Facts --resolve_needs(context)--> Resolved``. Pure: what is installed, declared and known comes in as a Context,
which ``ops0.host.context`` reads.
"""
