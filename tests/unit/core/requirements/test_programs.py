"""Programs in, needs out: Debian's, Python's, what every base has, and what nobody knows."""

from __future__ import annotations

from importlib.resources import files

import pytest
import tomli
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ops0.core.facts import CommandFact, Facts
from ops0.core.locked import Target
from ops0.core.pipeline import Reason, Where
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.requirements.declared import check_debian_name
from ops0.core.requirements.installed import Installed, InstalledDistribution, record_scripts
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Context, Resolved
from ops0.host.tables import read_tables

FILE = tomli.loads(files("ops0.core.requirements").joinpath("programs.toml").read_text("utf-8"))
WHERE = Where("flow.py", 3)


def resolve(
    *lines: str,
    optional: bool = False,
    installed: tuple[InstalledDistribution, ...] = (),
    apt: tuple[str, ...] = (),
    environment: tuple[str, ...] = (),
) -> Resolved:
    commands = (
        CommandFact(
            program=line.split()[0],
            words=tuple(line.split()),
            text=line,
            where=WHERE,
            optional=optional,
        )
        for line in lines
    )
    context = Context(
        target=Target(python="3.11"),
        tables=read_tables(),
        installed=Installed(installed),
        packages=tuple(Declaration(one, WHERE) for one in environment),
    )
    declared = StepDeclared(apt=tuple(Declaration(one, WHERE) for one in apt))
    return resolve_needs("cut", Facts(commands=tuple(commands)), declared, context)


def having(
    name: str, *scripts: str, origin: str | None = None
) -> tuple[InstalledDistribution, ...]:
    return (InstalledDistribution(name=name, version="1", scripts=scripts, origin=origin),)


# (the command line, Debian packages, distributions)
KNOWN = [
    ("ffmpeg -i x", "ffmpeg", ""),
    ("ffprobe x", "ffmpeg", ""),
    ("git log", "ca-certificates git", ""),
    ("git lfs pull", "ca-certificates git git-lfs", ""),
    ("pdftotext x", "poppler-utils", ""),
    ("pdftoppm x", "poppler-utils", ""),
    ("tesseract x", "tesseract-ocr", ""),
    ("gs -q", "ghostscript", ""),
    ("pandoc x", "pandoc", ""),
    ("dot -Tpng", "graphviz", ""),
    ("Rscript x.R", "r-base-core", ""),
    ("node x.js", "nodejs", ""),
    ("psql -c x", "postgresql-client", ""),
    ("mysqldump x", "default-mysql-client", ""),
    ("sqlite3 x", "sqlite3", ""),
    ("unzip x", "unzip", ""),
    ("gzip x", "gzip", ""),
    ("rsync a b", "rsync", ""),
    ("ssh x", "openssh-client", ""),
    ("soffice x", "libreoffice", ""),
    ("exiftool x", "libimage-exiftool-perl", ""),
    ("samtools sort", "samtools", ""),
    ("blastn x", "ncbi-blast+", ""),
    ("bash -c", "bash", ""),
    ("grep x", "grep", ""),
    ("tar xf x", "", ""),
    ("cp a b", "", ""),
    ("cd x", "", ""),
    ("python -m json.tool", "", ""),
    ("papermill x", "", "papermill"),
    ("torchrun x.py", "", "torch"),
    ("aws s3 ls", "", "awscli"),
    ("az login", "", "azure-cli"),
    ("airflow db", "", "apache-airflow"),
    ("yt-dlp x", "", "yt-dlp"),
    ("kaggle x", "", "kaggle"),
    ("alembic upgrade head", "", "alembic"),
    ("mlflow run", "", "mlflow"),
    ("huggingface-cli download x", "", "huggingface-hub"),
]


@pytest.mark.parametrize(("line", "apt", "needs"), KNOWN)
def test_known_programs(line: str, apt: str, needs: str) -> None:
    found = resolve(line)
    assert [one.name for one in found.system] == apt.split()
    assert [one.name for one in found.needs] == needs.split()
    assert found.warnings == ()


def test_the_reason_is_the_command_with_its_place() -> None:
    assert resolve("ffmpeg -i x").system[0].reasons == (Reason(WHERE, "runs `ffmpeg -i x`"),)


def test_what_is_installed_comes_before_the_table() -> None:
    found = resolve("dvc pull", "cut-tool x", installed=having("own-dvc", "cut-tool", "dvc"))
    assert [one.name for one in found.needs] == ["own-dvc"]


def test_a_subcommand_that_is_a_program_counts() -> None:
    assert [one.name for one in resolve("jupyter nbconvert x").needs] == [
        "jupyter-core",
        "nbconvert",
    ]


def test_what_pip_would_install_is_in_the_image() -> None:
    found = resolve(
        "pip install -q numpy>=1.20 -r requirements.txt ./x git+https://x tqdm[notebook]"
    )
    assert [one.requirement for one in found.needs] == ["numpy>=1.20", "tqdm[notebook]"]
    assert ["no pip" in one.text for one in found.warnings] == [True]


# (the command line, the warning)
TOLD = [
    ("cutter x", "`cutter x` starts cutter, and nothing is known to bring it into the image"),
    ("gcloud auth", ("`gcloud auth` starts gcloud: it is part of the Google Cloud CLI, which Debian does not have"
     ", and nothing brings it into the image")),
    ("dbt run", "`dbt run` starts dbt: the adapter of the database is a distribution of its own, such as dbt-postgres"),
    ("convert a b", "Debian's imagemagick has no `convert` before a maintainer script makes it, and images run none"),
    ("python -m spacy download x", ("`python -m spacy download x` downloads when it runs; "
     "a container has a network only where the step asks for it")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "text"), TOLD)
def test_what_is_told(line: str, text: str) -> None:
    (warn,) = resolve(line).warnings
    assert (warn.text, warn.where, bool(warn.hint)) == (text, WHERE, True)


def test_a_program_may_be_in_the_packages_that_the_step_names() -> None:
    assert resolve("cutter x", "convert a b", apt=("cutter-tools",)).warnings == ()


def test_a_program_of_a_local_installation_is_told() -> None:
    found = resolve("own x", installed=having("own", "own", origin="the folder /own"))
    assert found.needs == ()
    assert "installed from the folder /own, which no index has" in found.warnings[0].text


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("pandoc", '@ops0.requires(apt=["pandoc"])'),
        ("cutter", '@ops0.requires(apt=["PACKAGE"])'),
        ("dvc", '@ops0.requires("dvc")'),
    ],
)
def test_a_program_that_is_only_looked_for_is_left_out(line: str, hint: str) -> None:
    found = resolve(line, optional=True)
    assert (found.needs, found.system) == ((), ())
    assert found.warnings[0].hint == f"to have it: {hint}"
    assert resolve("tar", optional=True).warnings == ()


def test_the_table_is_sorted_and_every_program_stands_in_it_once() -> None:
    tables = [FILE[one] for one in ("debian", "python", "absent")]
    assert all(list(one) == sorted(one) for one in tables)
    names = [name for one in tables for name in one] + FILE["base"]["names"]
    assert len(names) == len(set(names))
    assert FILE["base"]["names"] == sorted(FILE["base"]["names"])


def test_every_entry_is_fit_and_has_its_page() -> None:
    for entry in FILE["debian"].values():
        assert [check_debian_name(Declaration(one, WHERE)) for one in entry["apt"]] == entry["apt"]
    for entry in FILE["python"].values():
        names = [Requirement(one).name for one in entry["needs"]]
        assert [canonicalize_name(one) for one in names] == names
    for table in ("debian", "python", "absent"):
        for name, entry in FILE[table].items():
            assert entry["page"].startswith("http"), name


def test_the_programs_of_a_record() -> None:
    record = "a/bin/x.py,,\n../../../bin/a-tool,sha256=x,1\n../../../share/b,,\n../../../bin/b.py,,"
    assert record_scripts(record) == ("a-tool", "b.py")


def test_what_the_environment_of_conda_has_is_there_where_a_step_looks_for_it() -> None:
    found = resolve("dot -V", optional=True, environment=("graphviz", "ffmpeg"))
    assert [(one.name, one.reasons[0].text) for one in found.system] == [
        ("graphviz", "looks for dot: the project's environment has it")
    ]
    assert found.warnings == ()
    assert resolve("dot -V", optional=True, environment=("ffmpeg",)).system == ()
