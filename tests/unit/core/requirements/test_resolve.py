"""Facts in, needs out: the order of trust, rivals, submodules, optional imports, types, declarations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ops0.core.errors import ErrorGroup, Ops0Error
from ops0.core.facts import CallFact, Facts, ImportFact, TypeFact, Uses
from ops0.core.locked import Target
from ops0.core.pipeline import Reason, Slice, Where
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.requirements.errors import (
    AmbiguousImport,
    BadRequirement,
    ConflictingRequirements,
    LocalInstallation,
    UnknownImport,
)
from ops0.core.requirements.installed import Installed, InstalledDistribution
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Context, Resolved
from ops0.host.tables import read_tables

TARGET = Target(python="3.11")
WHERE = Where("flow.py", 3)


def importing(module: str, *names: str, optional: bool = False, line: int = 3) -> ImportFact:
    text = f"from {module} import {', '.join(names)}" if names else f"import {module}"
    return ImportFact(
        module=module, names=names, where=Where("flow.py", line), text=text, optional=optional
    )


def declaring(text: str, path: str = "requirements.txt", line: int = 1) -> Declaration:
    return Declaration(text, Where(path, line))


def having(name: str, *provides: str, origin: str | None = None) -> InstalledDistribution:
    return InstalledDistribution(
        name=name, version="1.0", provides=provides or (name,), origin=origin
    )


def resolve(
    *facts: ImportFact | TypeFact | CallFact,
    requires: tuple[Declaration, ...] = (),
    apt: tuple[Declaration, ...] = (),
    project: tuple[str, ...] = (),
    settings: tuple[str, ...] = (),
    installed: tuple[InstalledDistribution, ...] = (),
    imports: dict[str, str] | None = None,
    target: Target = TARGET,
    slices: tuple[Slice, ...] = (),
) -> Resolved:
    context = Context(
        target=target,
        tables=read_tables(),
        installed=Installed(installed),
        project=tuple(declaring(text, line=line) for line, text in enumerate(project, start=1)),
        requires=tuple(declaring(text, "ops0.toml") for text in settings),
        imports={name: declaring(text, "ops0.toml") for name, text in (imports or {}).items()},
    )
    found = Facts(
        imports=tuple(fact for fact in facts if isinstance(fact, ImportFact)),
        uses=(Uses(calls=tuple(fact for fact in facts if isinstance(fact, CallFact))),),
        types=tuple(fact for fact in facts if isinstance(fact, TypeFact)),
        slices=slices,
    )
    return resolve_needs("train", found, StepDeclared(requires=requires, apt=apt), context)


def needed(resolved: Resolved) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    return {need.name: (need.requirement, need.origin, need.imports) for need in resolved.needs}


@pytest.mark.parametrize(
    ("fact", "name", "proof"),
    [
        (importing("pandas"), "pandas", "pandas"),
        (importing("pandas", "DataFrame"), "pandas", "pandas"),
        (importing("sklearn.linear_model", "Ridge"), "scikit-learn", "sklearn.linear_model"),
        (importing("sklearn", "linear_model"), "scikit-learn", "sklearn"),
        (importing("google.cloud", "storage"), "google-cloud-storage", "google.cloud.storage"),
        (importing("google.cloud.storage", "Client"), "google-cloud-storage", "google.cloud.storage"),
        (importing("google.oauth2", "service_account"), "google-auth", "google.oauth2"),
        (importing("google.protobuf.json_format"), "protobuf", "google.protobuf.json_format"),
        (importing("azure.storage.blob", "BlobServiceClient"), "azure-storage-blob", "azure.storage.blob"),
        (importing("azure.identity"), "azure-identity", "azure.identity"),
        (importing("ruamel.yaml", "YAML"), "ruamel-yaml", "ruamel.yaml"),
        (importing("ruamel", "yaml"), "ruamel-yaml", "ruamel.yaml"),
        (importing("airflow.providers.google.cloud.hooks.gcs", "GCSHook"),
         "apache-airflow-providers-google", "airflow.providers.google.cloud.hooks.gcs"),
        (importing("airflow.models", "DAG"), "apache-airflow", "airflow.models"),
        (importing("snowflake.connector"), "snowflake-connector-python", "snowflake.connector"),
        (importing("opentelemetry", "trace"), "opentelemetry-api", "opentelemetry.trace"),
        (importing("opentelemetry.sdk.trace", "TracerProvider"), "opentelemetry-sdk", "opentelemetry.sdk.trace"),
        (importing("mpl_toolkits.mplot3d", "Axes3D"), "matplotlib", "mpl_toolkits.mplot3d"),
        (importing("mpl_toolkits.basemap", "Basemap"), "basemap", "mpl_toolkits.basemap"),
        (importing("MySQLdb"), "mysqlclient", "MySQLdb"),
    ],
)  # fmt: skip
def test_the_table_names_the_distribution(fact: ImportFact, name: str, proof: str) -> None:
    assert needed(resolve(fact)) == {name: (name, "curated", (proof,))}


def test_one_statement_may_reach_several_distributions() -> None:
    found = resolve(importing("google.cloud", "storage", "bigquery"))
    assert [need.name for need in found.needs] == ["google-cloud-bigquery", "google-cloud-storage"]


def test_a_namespace_never_answers_for_what_is_below_it() -> None:
    with pytest.raises(UnknownImport) as fault:
        resolve(importing("google.cloud", "storage", "zork"))
    assert (fault.value.module, fault.value.exit_code) == ("google.cloud.zork", 12)
    with pytest.raises(UnknownImport):
        resolve(importing("airflow.providers.zork", "Hook"))


def test_the_order_of_trust() -> None:
    fact = importing("slugify")
    assert needed(resolve(fact))["python-slugify"][1] == "curated"
    installed = (having("awesome-slugify", "slugify"),)
    assert needed(resolve(fact, installed=installed))["awesome-slugify"][1] == "installed"
    declared = resolve(fact, installed=installed, project=("unicode-slugify>=0.1",))
    assert needed(declared) == {
        "unicode-slugify": ("unicode-slugify>=0.1", "declared", ("slugify",))
    }
    settings = resolve(
        fact, installed=installed, project=("unicode-slugify",), imports={"slugify": "acme"}
    )
    assert needed(settings) == {"acme": ("acme", "declared", ("slugify",))}


def test_pipreqs_is_the_last_and_says_so() -> None:
    found = resolve(importing("adminsortable"))
    assert needed(found) == {
        "django-admin-sortable": ("django-admin-sortable", "pipreqs", ("adminsortable",))
    }
    assert [warn.where for warn in found.warnings] == [WHERE]
    assert "pipreqs" in found.warnings[0].text


@pytest.mark.parametrize(
    "name", ["adspygoogle", "trytond", "BioSQL", "GeoBases", "akamai", "airbrake", "cms"]
)
def test_a_fork_or_an_add_on_in_pipreqs_mapping_is_only_a_candidate(name: str) -> None:
    with pytest.raises(UnknownImport) as fault:
        resolve(importing(name))
    assert read_tables().pipreqs[name][0] in fault.value.candidates


def test_the_longest_name_wins_over_the_more_trusted_source() -> None:
    installed = (having("protobuf", "google.protobuf"), having("apache-airflow", "airflow"))
    fact = importing("airflow.providers.snowflake.hooks.snowflake", "SnowflakeHook")
    found = resolve(fact, installed=installed, project=("apache-airflow==2.9.0",))
    assert [need.name for need in found.needs] == ["apache-airflow-providers-snowflake"]


@pytest.mark.parametrize(
    ("module", "declared", "name"),
    [
        ("cv2", "opencv-contrib-python>=4", "opencv-contrib-python"),
        ("psycopg2", "psycopg2==2.9.9", "psycopg2"),
        ("tensorflow", "tensorflow-cpu", "tensorflow-cpu"),
        ("PIL", "pillow-simd", "pillow-simd"),
        ("acme_tools", "Acme.Tools>=1", "acme-tools"),
        ("yaml", "PyYAML", "pyyaml"),
        ("google.cloud.storage", "google-cloud-storage<3", "google-cloud-storage"),
        ("abl", "abl.util", "abl-util"),
    ],
)
def test_a_declared_provider_wins(module: str, declared: str, name: str) -> None:
    found = resolve(importing(module), project=(declared,))
    assert [(need.name, need.origin) for need in found.needs] == [(name, "declared")]


def test_between_rivals_the_one_fit_for_a_container_is_taken_with_a_note() -> None:
    found = resolve(importing("cv2"))
    assert [need.name for need in found.needs] == ["opencv-python-headless"]
    assert [("opencv-python" in warn.text, warn.where) for warn in found.warnings] == [
        (True, WHERE)
    ]
    assert resolve(importing("PIL")).warnings == ()


def test_installed_rivals_are_told_apart_and_strangers_are_not() -> None:
    both = (having("opencv-python", "cv2"), having("opencv-python-headless", "cv2"))
    found = resolve(importing("cv2"), installed=both)
    assert [need.name for need in found.needs] == ["opencv-python-headless"]
    strangers = (having("left", "shared_name"), having("right", "shared_name"))
    with pytest.raises(AmbiguousImport) as fault:
        resolve(importing("shared_name"), installed=strangers)
    assert (fault.value.candidates, fault.value.exit_code) == (("left", "right"), 13)
    chosen = resolve(importing("shared_name"), installed=strangers, requires=(declaring("right"),))
    assert [need.name for need in chosen.needs] == ["right"]


def test_what_no_index_is_known_to_have_is_not_asked_of_one() -> None:
    mine = (having("acme-lib", "acme", origin="the folder /home/me/acme"),)
    with pytest.raises(LocalInstallation) as fault:
        resolve(importing("acme", "load", "store"), installed=mine)
    assert (fault.value.distribution, fault.value.exit_code) == ("acme-lib", 14)
    assert fault.value.hint is not None
    declared = resolve(importing("acme"), installed=mine, project=("acme-lib",))
    assert [need.origin for need in declared.needs] == ["declared"]
    public = resolve(importing("pandas"), installed=(having("pandas", origin="an address"),))
    assert [warn.text for warn in public.warnings if "an address" in warn.text]


def test_declared_ranges_and_extras_are_kept_and_joined() -> None:
    found = resolve(
        importing("pandas"),
        requires=(declaring("Pandas[parquet]>=2"),),
        project=("pandas<3", "numpy==1.26"),
    )
    assert needed(found) == {"pandas": ("pandas[parquet]<3,>=2", "declared", ("pandas",))}


def test_an_address_is_told_at_its_own_line() -> None:
    # It was refused at the place of the import, where nobody had written an address.
    text = "pandas @ https://example.org/pandas-2.0-py3-none-any.whl"
    (need,) = resolve(importing("pandas"), project=(text,)).needs
    assert Reason(Where("requirements.txt", 1), f"declared: {text}") in need.reasons


def test_a_rule_keeps_to_the_declared_range() -> None:
    facts = (importing("pandas"), CallFact(name="pandas.read_parquet", literals=(), where=WHERE))
    found = resolve(*facts, project=("pyarrow>=15,<20",))
    assert needed(found)["pyarrow"] == ("pyarrow<20,>=15", "declared", ("pyarrow",))


def test_markers_are_decided_for_the_image_not_for_the_host() -> None:
    text = (
        "pandas<2; python_version < '3.9'",
        "pandas>=2; python_version >= '3.9'",
        "pandas!=2.1; sys_platform == 'win32'",
    )
    assert needed(resolve(importing("pandas"), project=text))["pandas"][0] == "pandas>=2"
    old = resolve(importing("pandas"), project=text, target=Target(python="3.8"))
    assert needed(old)["pandas"][0] == "pandas<2"
    arm = resolve(
        importing("pandas"),
        project=("pandas==2.2; platform_machine == 'aarch64'",),
        target=Target(python="3.11", platform="linux/arm64"),
    )
    assert needed(arm)["pandas"][0] == "pandas==2.2"


def test_what_a_step_or_the_settings_require_is_needed_without_an_import() -> None:
    found = resolve(
        requires=(declaring("s3fs>=2024"),), settings=("acme-plugin",), project=("pandas",)
    )
    assert {need.name: need.imports for need in found.needs} == {"acme-plugin": (), "s3fs": ()}
    assert all(need.reasons for need in found.needs)


def test_a_step_without_foreign_imports_needs_nothing() -> None:
    assert resolve(project=("pandas",), installed=(having("pandas"),)) == Resolved()


def test_an_unknown_import_comes_from_a_declared_distribution_of_which_nothing_is_known() -> None:
    found = resolve(importing("weird"), requires=(declaring("acme-weird>1"), declaring("pandas")))
    assert needed(found)["acme-weird"] == ("acme-weird>1", "declared", ("weird",))
    assert len(found.warnings) == 1
    with pytest.raises(UnknownImport):
        resolve(importing("weird"), requires=(declaring("pandas"),))
    with pytest.raises(UnknownImport):
        resolve(importing("weird"), project=("acme-thing",))


def test_an_optional_import_is_needed_where_the_user_has_it() -> None:
    fact = importing("ujson", optional=True)
    left_out = resolve(fact)
    assert left_out.needs == ()
    assert ["optional" in warn.text for warn in left_out.warnings] == [True]
    assert needed(resolve(fact, project=("ujson",))) == {"ujson": ("ujson", "declared", ())}
    here = resolve(fact, installed=(having("ujson"),))
    assert needed(here) == {"ujson": ("ujson", "installed", ())}
    assert [one.text for one in here.needs[0].reasons] == ["import ujson, optional: installed"]
    assert resolve(importing("nobody_knows", optional=True)).needs == ()


def otherwise(module: str, *groups: tuple[str, ...], optional: bool = False) -> ImportFact:
    return replace(importing(module, optional=optional, line=5), instead=groups)


FIRST = importing("orjson", optional=True)
SECOND = otherwise("ujson", ("orjson",), optional=True)
LAST = otherwise("simplejson", ("orjson",), ("ujson",))


@pytest.mark.parametrize(
    ("installed", "project", "wanted"),
    [
        ((), (), ["simplejson"]),
        (("orjson",), (), ["orjson"]),
        (("ujson",), (), ["ujson"]),
        (("orjson", "ujson", "simplejson"), (), ["orjson"]),
        (("simplejson",), (), ["simplejson"]),
        ((), ("ujson",), ["ujson"]),
        (("orjson",), ("ujson",), ["orjson"]),
    ],
)
def test_of_alternatives_the_first_that_the_user_has_counts(
    installed: tuple[str, ...], project: tuple[str, ...], wanted: list[str]
) -> None:
    having_all = tuple(having(name) for name in installed)
    found = resolve(FIRST, SECOND, LAST, installed=having_all, project=project)
    assert [one.name for one in found.needs] == wanted


def test_two_places_in_one_distribution_are_one_need() -> None:
    first = importing("sklearn.model_selection", "KFold", optional=True)
    second = replace(
        importing("sklearn.cross_validation", "KFold"), instead=(("sklearn.model_selection",),)
    )
    found = resolve(first, second)
    assert needed(found) == {"scikit-learn": ("scikit-learn", "curated", ("sklearn",))}
    assert found.warnings == ()


def test_a_value_of_a_library_that_is_tried_counts_if_the_user_has_that() -> None:
    tried = TypeFact(name="cupy.zeros", subject="x", where=WHERE, made=True, optional=True)
    unknown = replace(tried, name="nobodys.zeros")
    assert resolve(tried, unknown) == resolve()
    assert set(needed(resolve(tried, installed=(having("cupy"),)))) == {"cupy"}


def test_a_type_that_crosses_an_edge_needs_its_distribution() -> None:
    found = resolve(TypeFact(name="pandas.DataFrame", subject="rows", where=WHERE))
    assert needed(found) == {"pandas": ("pandas", "curated", ("pandas",))}
    assert found.needs[0].reasons == (Reason(WHERE, "rows is a pandas.DataFrame"),)
    plain = [
        TypeFact(name=name, subject="x", where=WHERE)
        for name in ("dict", "typing.Any", "pathlib.Path")
    ]
    assert resolve(*plain) == Resolved()


def test_a_type_of_nobody_is_told() -> None:
    found = resolve(TypeFact(name="zork.Thing", subject="rows", where=WHERE))
    assert found.needs == ()
    assert "zork.Thing" in found.warnings[0].text


def test_reasons_are_sorted_and_imports_gathered() -> None:
    found = resolve(importing("scipy.stats", line=9), importing("scipy", "sparse", line=2))
    assert [reason.where.line for reason in found.needs[0].reasons] == [2, 9]
    assert found.needs[0].imports == ("scipy", "scipy.stats")


def test_system_packages_come_from_needs_and_declarations() -> None:
    found = resolve(importing("lightgbm"), apt=(declaring("git", "flow.py", 7),))
    assert [(one.name, one.reasons[0].where.line) for one in found.system] == [
        ("git", 7),
        ("libgomp1", 3),
    ]


@pytest.mark.parametrize(
    ("declared", "packages"),
    [
        ((), ["libpq5"]),
        (("psycopg>=3.1",), ["libpq5"]),
        (("psycopg[c]",), ["libpq5"]),
        (("psycopg[binary]>=3.1",), []),
        (("psycopg[pool,Binary]",), []),
        (("psycopg", "psycopg-binary"), []),
    ],
)
def test_wheels_that_bring_a_library_need_no_package_for_it(
    declared: tuple[str, ...], packages: list[str]
) -> None:
    requires = tuple(declaring(text, "flow.py") for text in declared)
    found = resolve(importing("psycopg"), requires=requires)
    assert [one.name for one in found.system] == packages


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("git+https://example.org/a.git", "NAME @ git+https://HOST/PATH@REF"),
        ("https://example.org/a.whl", "NAME @ https://HOST/PATH/FILE.whl"),
        ("./wheels/a-1.0-py3-none-any.whl", "write it with its name"),
        ("a b", "write it as PEP 508 says"),
        pytest.param(f"a==1.{'1' * 5000}", "write the version as its project does", id="endless"),
    ],
)
def test_a_place_instead_of_a_name_is_told_what_to_do(text: str, hint: str) -> None:
    with pytest.raises(BadRequirement) as fault:
        resolve(requires=(declaring(text, "flow.py", 5),))
    assert hint in str(fault.value.hint)


def test_faults_are_reported_together_with_their_places() -> None:
    with pytest.raises(ErrorGroup) as fault:
        resolve(
            importing("numpyy", line=1),
            importing("abl", line=2),
            requires=(declaring("not a requirement", "flow.py", 5),),
            apt=(declaring("BAD;name", "flow.py", 6),),
        )
    kinds = {type(one) for one in fault.value.errors}
    assert kinds == {UnknownImport, AmbiguousImport, BadRequirement}
    assert all(str(one).startswith("flow.py:") for one in fault.value.errors)
    assert all(one.hint for one in fault.value.errors)


@pytest.mark.parametrize(
    "second",
    ["pandas==2.1", "pandas>=2.1", "pandas<2", "pandas @ https://example.org/pandas.whl"],
)
def test_declarations_that_exclude_each_other(second: str) -> None:
    with pytest.raises(ConflictingRequirements) as fault:
        resolve(importing("pandas"), project=("pandas==2.0", second))
    assert [where.line for _, where in fault.value.declared] == [1, 2]
    assert fault.value.exit_code == 17


@pytest.mark.parametrize("second", ["pandas==2.0.0", "pandas<3", "pandas==2.*", "pandas!=2.1"])
def test_declarations_that_one_version_meets(second: str) -> None:
    found = resolve(importing("pandas"), project=("pandas==2.0", second))
    assert found.needs[0].name == "pandas"


# Wrong, ambiguous and generic names: each is an error, and no distribution is ever taken for one.
NOBODYS = [
    "numpyy",
    "pandsa",
    "pnadas",
    "requets",
    "reqeusts",
    "scikitlearn",
    "sklearnn",
    "tensorfow",
    "tensroflow",
    "pytorhc",
    "matplotlb",
    "matplotllib",
    "beautifulsoup4",
    "beautifulsoup",
    "opencv",
    "opencv_python",
    "python_dateutil",
    "pyyaml",
    "pillow",
    "scikit_learn",
    "python_dotenv",
    "utils",
    "helpers",
    "common",
    "config",
    "settings",
    "tools",
    "test",
    "tests",
    "src",
    "lib",
    "models",
    "core",
    "main",
    "pipeline",
    "data",
    "example",
    "demo",
    "google",
    "azure",
    "google.cloud",
    "azure.storage",
    "airflow.providers",
    "opentelemetry",
    "ruamel",
    "snowflake",
    "abl",
    "alterootheme",
    "amitu",
    "nester",
    "oss",
    "plone",
    "version",
    "workflow",
    "action",
    "output",
    "nested",
    "compile",
    "singleton",
    "solution",
    "zzzqq",
    "internal_company_lib",
    "acme_private",
]


def test_there_are_fifty_of_them() -> None:
    assert len(set(NOBODYS)) >= 50


@pytest.mark.parametrize("name", NOBODYS)
def test_a_wrong_or_ambiguous_name_is_never_guessed(name: str) -> None:
    with pytest.raises((UnknownImport, AmbiguousImport)) as fault:
        resolve(importing(name))
    assert str(fault.value).startswith("flow.py:3: ")
    assert fault.value.hint is not None
    assert "@ops0.requires(" in fault.value.hint


@pytest.mark.parametrize(
    ("name", "candidate"),
    [("numpyy", "numpy"), ("reqeusts", "requests"), ("tensroflow", "tensorflow"), ("pil", "pillow"),
     ("google.cloud", "google-cloud-aiplatform"), ("abl", "abl-util"), ("version", "chartio"), ("Pandas", "pandas")],
)  # fmt: skip
def test_candidates_are_shown(name: str, candidate: str) -> None:
    with pytest.raises(Ops0Error) as fault:
        resolve(importing(name))
    assert candidate in fault.value.candidates  # type: ignore[attr-defined]
    assert candidate in str(fault.value)


@pytest.mark.parametrize(
    ("name", "real"),
    [("beautifulsoup4", "bs4"), ("pyyaml", "yaml"), ("scikit_learn", "sklearn"), ("opencv_python", "cv2"),
     ("numpyy", None)],
)  # fmt: skip
def test_a_distributions_name_is_told_from_its_import(name: str, real: str | None) -> None:
    with pytest.raises(UnknownImport) as fault:
        resolve(importing(name))
    assert fault.value.real == real
    assert real is None or f"`{real}`" in str(fault.value)


def test_what_a_value_was_made_by_is_told_with_its_place() -> None:
    found = resolve(TypeFact(name="pandas.read_csv", subject="df", where=WHERE, made=True))
    (need,) = found.needs
    assert need.reasons == (Reason(WHERE, "df may hold what pandas.read_csv gives"),)


@pytest.mark.parametrize(
    ("module", "path", "wanted"),
    [
        ("pandas", "pandas.py", "pandas.py:1: `import pandas` means this file, not the library pandas"),
        ("pandas.core", "pandas/core.py", "pandas/core.py:1: `import pandas` means this file, not the library pandas"),
        ("sklearn", "sklearn.py", "sklearn.py:1: `import sklearn` means this file, not the library scikit-learn"),
        ("my_tool", "my_tool.py", "my_tool.py:1: `import my_tool` means this file, not the library my-tool"),
        ("churn", "churn.py", None),
        ("helpers", "helpers.py", None),
    ],
)  # fmt: skip
def test_a_file_that_hides_a_library_is_told(module: str, path: str, wanted: str | None) -> None:
    """Python imports the file; nothing was said, and the step was built without the library."""
    installed = (having("pandas"), having("scikit-learn", "sklearn"), having("churn", origin="."))
    part = Slice(module=module, path=path, text="x = 1\n")
    found = resolve(installed=installed, project=("my-tool>=1",), slices=(part, part))
    told = [f"{warn.where}: {warn.text}" for warn in found.warnings]
    assert told == ([] if wanted is None else [wanted])
