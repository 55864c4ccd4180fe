"""From facts to needs: which distributions and Debian packages one step needs, each with its reasons.

``Facts --resolve_needs(context)--> Resolved``. Pure: what is installed, declared and known comes in as a Context,
which ``ops0.host.context`` reads.
"""

from ops0.core.requirements.resolve import known_needs, resolve_needs
from ops0.core.requirements.values import Context, Declaration, Resolved, StepDeclared

__all__ = ["Context", "Declaration", "Resolved", "StepDeclared", "known_needs", "resolve_needs"]
