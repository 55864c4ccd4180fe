"""What only texts and values lead to: imports by name, programs, scripts.

::

    an expression --spots--> the literals behind it --texts--> the texts it may be    given, elements, sites, passing
    calls with those texts --> modules of the project and imports                     dynamic, plugins, discovery
                           --> programs and scripts                                   launches, shell, commands, scripts
                           --> import roots                                           syspath
"""
