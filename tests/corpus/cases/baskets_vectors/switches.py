import functools
import os
import subprocess
import sys


def switch(decorator, on):
    def chosen(function):
        return decorator(function) if on else function

    return chosen


def pip(libraries):
    def around(function):
        @functools.wraps(function)
        def inner(self):
            for library, version in libraries.items():
                subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", f"{library}=={version}"])
            return function(self)

        return inner

    return around
