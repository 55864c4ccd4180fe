"""Runs inside a build stage, on the base's own Python (3.8 to 3.14): lays one layer out under /layer.

usage: install.py packages EPOCH     the wheels in /ops0-build/wheels, by uv, into the environment /ops0/venv;
                                       with a third argument, as aarch64-manylinux_2_36, those of another platform
       install.py runner EPOCH       the files in /ops0-build/runner, to /ops0/runner, at the end of the path
       install.py system EPOCH       the tree in /ops0-build/system/system.tar

Everything is installed at the place where it will run, for that path is in the bytecode, and moved to /layer
afterwards. No file keeps a time or a trace of how it came: same wheels, same bytes.
"""

import compileall
import os
import py_compile
import shutil
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BUILD, LAYER = Path("/ops0-build"), Path("/layer")
VENV, RUNNER = Path("/ops0/venv"), Path("/ops0/runner")
SITE_PACKAGES = VENV / "lib/python{}.{}/site-packages".format(*sys.version_info)
NOT_SHIPPED = {VENV / ".lock", VENV / ".gitignore", VENV / "CACHEDIR.TAG"}
TESTS = {"test", "tests"}
FILES_A_PROCESS = 400


def install_packages(platform=None):
    """Install with uv, then move what is new in the environment."""
    before = set(VENV.rglob("*"))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/root",
        "LC_ALL": "C.UTF-8",
        "UV_NO_INSTALLER_METADATA": "1",
    }
    if "LD_LIBRARY_PATH" in os.environ:  # a base may say there where its Python's library is
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    wheels = BUILD / "wheels"
    argv = [BUILD / "uv/uv", "pip", "install", "--quiet", "--no-config", "--no-cache", "--offline"]
    argv += ["--no-index", "--no-deps", "--require-hashes", "--no-progress"]
    argv += ["--link-mode", "copy", "--python", VENV / "bin/python"]
    argv += ["--find-links", wheels, "--requirement", wheels / "requirements.txt"]
    if platform:
        argv += ["--python-platform", platform]
    code = subprocess.call([str(one) for one in argv], env=environment)
    if code:
        raise SystemExit(code)
    leave_out(wheels / "left-out.txt")
    compile_all(sorted(path for path in set(VENV.rglob("*.py")) - before if is_compiled(path)))
    for path in sorted(set(VENV.rglob("*")) - before - NOT_SHIPPED):
        if os.path.lexists(str(path)):  # it has not gone along with its folder
            move(path)


def leave_out(listing):
    """Remove the folders that a file lists: parts of wheels that no step reads."""
    for name in listing.read_text().splitlines() if listing.exists() else ():
        if (SITE_PACKAGES / name).is_dir():  # another version may do without
            shutil.rmtree(str(SITE_PACKAGES / name))


def is_compiled(path):
    """Whether a module gets bytecode: all but the tests that packages ship, a third of all code."""
    return not (path.name.startswith("test_") and TESTS.intersection(path.relative_to(VENV).parts))


def compile_all(paths):
    """Compile modules, so many in a process of their own: bytecode may depend on what its process compiled before."""
    parts = [paths[at : at + FILES_A_PROCESS] for at in range(0, len(paths), FILES_A_PROCESS)]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for code in pool.map(compile_part, parts):
            if code not in (0, 1):  # 1: a module for another Python, which nobody can import
                raise SystemExit(f"compiling the installed modules ended with {code}")


def compile_part(paths):
    """Compile modules in one process and give its exit code."""
    argv = [
        sys.executable,
        "-IB",
        "-m",
        "compileall",
        "-qq",
        "--invalidation-mode",
        "unchecked-hash",
        "-i",
        "-",
    ]
    listed = "\n".join(str(path) for path in paths)
    done = subprocess.run(argv, input=os.fsencode(listed), stdout=subprocess.DEVNULL, check=False)
    return done.returncode


def install_runner():
    """Copy, compile, and put the folders at the end of the path."""
    shutil.copytree(str(BUILD / "runner"), str(RUNNER), dirs_exist_ok=True)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(str(RUNNER), quiet=1, force=True, invalidation_mode=mode):
        raise SystemExit("the runner's files do not compile on this Python")
    for path in sorted(RUNNER.iterdir()):
        move(path)
    path_file = below_layer(SITE_PACKAGES / "ops0.pth")
    path_file.parent.mkdir(parents=True)
    path_file.write_text("{}\n{}\n".format(RUNNER, RUNNER / "vendor"))


def install_system():
    """Unpack what the host has made of Debian's packages: it has paths of this base only."""
    with tarfile.open(str(BUILD / "system/system.tar")) as tree:
        if hasattr(tarfile, "fully_trusted_filter"):
            tree.extraction_filter = tarfile.fully_trusted_filter
        for member in tree:
            member.name = merged(member.name, member.isdir())
            tree.extract(member, str(LAYER))


def merged(name, is_folder):
    """``lib/x``, or the folder ``lib``, in ``usr`` where the base's /lib is a link: a folder would replace it."""
    top, slash, rest = name.partition("/")
    while (slash or is_folder) and Path("/", top).is_symlink():
        top = os.readlink("/" + top).strip("/")  # noqa: PTH115 - Path.readlink is 3.9's
    return top + slash + rest


def below_layer(path):
    """Where a path of the image stands while its layer is made."""
    return LAYER / path.relative_to("/")


def move(path):
    """Take a file or folder out of the stage and into the layer."""
    target = below_layer(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)


def normalise(epoch):
    """Every folder 0755, every file 0644 or 0755, every time the same."""
    LAYER.mkdir(exist_ok=True)
    for path in [LAYER, *LAYER.rglob("*")]:
        if not path.is_symlink():
            run = path.is_dir() or path.stat().st_mode & 0o111
            path.chmod(0o755 if run else 0o644)
        os.utime(str(path), (epoch, epoch), follow_symlinks=False)


if __name__ == "__main__":
    os.umask(0o022)
    jobs = {"packages": install_packages, "runner": install_runner, "system": install_system}
    jobs[sys.argv[1]](*sys.argv[3:])
    normalise(int(sys.argv[2]))
