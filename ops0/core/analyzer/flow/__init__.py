"""The flow of values: what reaches a function's parameters and what it gives back, where no annotation says so.

::

    a parameter <- every call of its function, in the same file        sites, arguments
    a call      <- what the called function gives back, filled in      calls
    a name      <- all that is ever assigned to it or put into it      bodies, expressions
    a library's call or method <- the table                            table, flows.toml

Neither order nor branches are looked at: what may come, counts. What cannot be told is *unknown*, never nothing.
"""

from __future__ import annotations

from ops0.core.analyzer.flow.flow import Flow, Inputs
from ops0.core.analyzer.flow.handing import Handing
from ops0.core.analyzer.flow.places import Place
from ops0.core.analyzer.flow.values import ANY_ITEM, Made, Own, Value

__all__ = ["ANY_ITEM", "Flow", "Handing", "Inputs", "Made", "Own", "Place", "Value"]
