"""In a container of another Python: an environment whose packages are mounted, and the unit tests in it.

usage: wheel_tests.py TESTS [PYTEST ARGUMENT...]      /venv/lib/pythonX.Y/site-packages has what is installed

A base image has neither pip nor a shell's programs, so this makes the environment. Standard library only.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

HOME = Path("/venv")
venv.create(HOME)
version = sysconfig.get_python_version()
python = HOME / f"bin/python{version}"
for program in (HOME / f"lib/python{version}/site-packages/bin").iterdir():
    first, end, rest = program.read_bytes().partition(b"\n")
    if first.startswith(b"#!") and b"python" in first:
        first = f"#!{python}".encode()
    copy = HOME / "bin" / program.name
    copy.write_bytes(first + end + rest)
    copy.chmod(0o755)
print(f"Python {version}", flush=True)
environment = {**os.environ, "PATH": f"{HOME}/bin:/usr/bin:/bin", "HOME": "/root"}
subprocess.run([HOME / "bin/ops0", "--version"], env=environment, check=True)
tests = [python, "-m", "pytest", "-p", "no:cacheprovider", *sys.argv[2:]]
sys.exit(subprocess.run(tests, cwd=sys.argv[1], env=environment, check=False).returncode)
