# The base of another platform than the engine's own, from Debian's packages: rootfs.tar of scripts/base-rootfs.sh is the
# context, `native` the base of the same Python for the engine's platform. Nothing of the other platform is run.
FROM --platform=$BUILDPLATFORM native AS prepared
USER 0:0
WORKDIR /foreign
ADD rootfs.tar /foreign/
ARG ARCH
SHELL ["python3", "-IBc"]
RUN --network=none <<PREPARE
import compileall, json, os, pathlib, py_compile, re, sys

ROOT, USER, EPOCH = pathlib.Path("/foreign"), 65532, 1700000000
MACHINE = {"amd64": "x86_64", "arm64": "aarch64"}[os.environ["ARCH"]]
name = os.readlink(ROOT / "usr/bin/python3")
if name != "python%d.%d" % sys.version_info[:2]:
    sys.exit("the root file system has %s, the native base %s" % (name, sys.version))

# The folders of Dockerfile.base. The root file system has the user and the `python` link already.
for path, owner in (("in", 0), ("out", USER), ("code", 0), ("runner", 0), ("venv/bin", 0)):
    (ROOT / "ops0" / path).mkdir(parents=True)
    os.chown(ROOT / "ops0" / path, owner, owner)
(ROOT / "ops0/venv/lib" / name / "site-packages").mkdir(parents=True)
os.chmod(ROOT / "tmp", 0o1777)
(ROOT / "ops0/venv/bin/python").symlink_to("/usr/bin/" + name)
for link in ("python3", name):
    (ROOT / "ops0/venv/bin" / link).symlink_to("python")

# What runs the other platform elsewhere must find the same library: its version is in its own package's record.
records = {path.name: path.read_text() for path in sorted((ROOT / "var/lib/dpkg/status.d").iterdir())}
def version(package):
    return re.search(r"^Version: (?:\d+:)?([\d.]+)", records[package], re.MULTILINE)[1]
(ROOT / "ops0/venv/pyvenv.cfg").write_text(
    "home = /usr/bin\ninclude-system-site-packages = false\nversion = %s\n" % version(name + "-minimal")
)
release = dict(
    line.replace('"', "").split("=", 1)
    for line in (ROOT / "usr/lib/os-release").read_text().splitlines() if "=" in line
)
facts = {
    "v": 1, "python": list(sys.version_info[:2]), "libc": "glibc " + version("libc6"), "machine": MACHINE,
    "release": [release["ID"], release["VERSION_CODENAME"]], "packages": sorted(records),
}
(ROOT / "ops0/base.json").write_text(json.dumps(facts))

# Bytecode is the same on every platform. Its paths are those of the image.
compileall.compile_dir(  # a broken example file in the library is not ours
    str(ROOT / "usr/lib" / name), quiet=2, force=True, stripdir=str(ROOT),
    prependdir="/", invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
)

for path in (ROOT, *ROOT.rglob("*")):
    if path.lstat().st_mtime > EPOCH:
        os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)
PREPARE

FROM scratch
COPY --from=prepared /foreign/ /
ENV PATH=/ops0/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
WORKDIR /ops0/code
USER 65532:65532
CMD ["python"]
LABEL ops0.kind=base ops0.base=1
