"""Rules that hold for some versions of a library, that warn, or that name what no index has."""

from __future__ import annotations

import pytest

from ops0.core.analyzer import function_facts
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.requirements.declared import may_come
from ops0.core.requirements.installed import Installed, InstalledDistribution
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.rules import parse_rule
from ops0.core.requirements.values import Context, Resolved
from ops0.host.tables import read_tables

TARGET = Target(python="3.11")
ENGINE = "import sqlalchemy\ndef f(): return sqlalchemy.create_engine('postgresql://h/d')\n"
MODEL = "import spacy\ndef f(): return spacy.load('en_core_web_sm')\n"


def needs(
    code: str, *requires: str, installed: str = "", rules: tuple[dict[str, object], ...] = ()
) -> Resolved:
    name, _, version = installed.partition("==")
    here = InstalledDistribution(name=name, version=version, provides=(name,))
    context = Context(
        target=TARGET,
        tables=read_tables(),
        installed=Installed((here,) if installed else ()),
        rules=tuple(map(parse_rule, rules)),
    )
    asked = StepDeclared(requires=tuple(Declaration(one, Where("p.py", 1)) for one in requires))
    source = MemorySource({"p.py": code})
    facts = function_facts(source, "p.py", "f", roots=(".",), target=TARGET)["f"]
    return resolve_needs("f", facts, asked, context)


@pytest.mark.parametrize(
    ("requires", "installed", "driver", "requirement"),
    [
        ("", "", "psycopg2-binary", "sqlalchemy<2.1"),
        ("", "sqlalchemy==2.0.36", "psycopg2-binary", "sqlalchemy<2.1"),
        ("", "sqlalchemy==2.1.4", "psycopg", "sqlalchemy"),
        ("sqlalchemy>=1.4", "", "psycopg2-binary", "sqlalchemy<2.1,>=1.4"),
        ("sqlalchemy>=1.4", "sqlalchemy==2.1.4", "psycopg2-binary", "sqlalchemy<2.1,>=1.4"),
        ("sqlalchemy~=2.0.30", "", "psycopg2-binary", "sqlalchemy<2.1,~=2.0.30"),
        ("sqlalchemy==2.0.30", "", "psycopg2-binary", "sqlalchemy<2.1,==2.0.30"),
        ("sqlalchemy>=2.1", "sqlalchemy==2.0.36", "psycopg", "sqlalchemy>=2.1"),
        ("sqlalchemy==2.1.0", "", "psycopg", "sqlalchemy==2.1.0"),
        ("sqlalchemy", "sqlalchemy==not a version", "psycopg2-binary", "sqlalchemy<2.1"),
    ],
)
def test_the_driver_is_the_one_of_the_version_that_comes(
    requires: str, installed: str, driver: str, requirement: str
) -> None:
    resolved = needs(ENGINE, *filter(None, [requires]), installed=installed)
    found = {one.name: one.requirement for one in resolved.needs}
    assert set(found) == {"sqlalchemy", driver}
    assert found["sqlalchemy"] == requirement


def test_what_a_library_no_longer_has_needs_nothing_else() -> None:
    code = "import pandas as pd\ndef f(x): return pd.DataFrame(x).to_gbq('t')\n"
    old = {one.name: one.requirement for one in needs(code).needs}
    assert old == {"pandas": "pandas<3", "pandas-gbq": "pandas-gbq"}
    assert [one.name for one in needs(code, installed="pandas==3.0.1").needs] == ["pandas"]


@pytest.mark.parametrize(
    ("requirement", "declared", "installed", "fits", "misses"),
    [
        ("a<2", None, None, True, True),
        ("a<2", "a", None, True, True),
        ("a<2", "a>=2", None, False, True),
        ("a<2", "a<1.5", None, True, False),
        ("a<2", "a==1.9.1.dev3", None, True, False),
        ("a<2", None, "1.4", True, False),
        ("a<2", None, "2.0", False, True),
        ("a<2", "a>1", "2.0", True, True),
    ],
)
def test_which_versions_may_come(
    requirement: str, declared: str | None, installed: str | None, fits: bool, misses: bool
) -> None:
    assert may_come(requirement, declared, installed, fitting=True) is fits
    assert may_come(requirement, declared, installed, fitting=False) is misses


def test_a_model_package_is_named_and_told_of_until_it_is_declared() -> None:
    found = needs(MODEL)
    assert {one.name: one.origin for one in found.needs} == {
        "en-core-web-sm": "unpublished",
        "spacy": "curated",
    }
    (warn,) = found.warnings
    assert warn.where == Where("p.py", 2)
    assert "`en-core-web-sm`" in warn.text
    assert warn.hint is not None
    assert '@ops0.requires("en-core-web-sm @ https://HOST/PATH/FILE.whl")' in warn.hint
    declared = needs(MODEL, "en-core-web-sm>=3.7")
    assert {one.name: one.requirement for one in declared.needs} == {
        "en-core-web-sm": "en-core-web-sm>=3.7",
        "spacy": "spacy",
    }
    assert "declared" in {one.origin for one in declared.needs}
    assert declared.warnings == ()
    address = f"en-core-web-sm @ https://x.example/en_core_web_sm-3.8.0-py3-none-any.whl#sha256={'0f' * 32}"
    addressed = needs(MODEL, address)
    assert {one.name: (one.requirement, one.origin) for one in addressed.needs} == {
        "en-core-web-sm": (address, "declared"),
        "spacy": ("spacy", "curated"),
    }
    assert addressed.warnings == ()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import pickle\ndef f(p): return pickle.load(open(p, 'rb'))", "pickle.load()"),
        ("import joblib\ndef f(p): return joblib.load(p)", "joblib.load()"),
        ("import nltk\ndef f(): nltk.download('punkt')", "nltk.download()"),
    ],
)
def test_what_only_the_run_knows_is_warned_of(code: str, said: str) -> None:
    (warn,) = needs(code).warnings
    assert warn.text.startswith(said)
    assert warn.hint
    assert needs(code.replace("load(", "dump(").replace("download(", "usage(")).warnings == ()


def test_a_users_rule_has_the_whole_grammar() -> None:
    rule = {
        "id": "acme",
        "uses": ["acme.*Store"],
        "but": ["acme.PlainStore"],
        "attributes": [".cells"],
        "beside": ["acme"],
        "unless": ["acme.use(csv)"],
        "cases": [{"argument": ["kind", "0"], "given": True, "needs": "acme-{}"}],
        "needs": "acme-parquet",
    }
    imports = {"id": "x", "uses": ["acme"], "needs": "acme"}
    for body, wanted in [
        ("acme.FastStore()", {"acme-parquet"}),
        ("acme.PlainStore()", set()),
        ("acme.FastStore('Big_File')", {"acme-big-file"}),
        ("acme.FastStore(kind=None)", {"acme-parquet"}),
        ("x.rows.cells", {"acme-parquet"}),
        ("acme.use('csv'); acme.FastStore()", set()),
        ("acme.use('parquet'); acme.FastStore()", {"acme-parquet"}),
    ]:
        code = f"import acme\ndef f(x):\n    acme.start\n    {body}\n"
        asked = needs(code, "acme", rules=(rule, imports))
        assert {one.name for one in asked.needs} == {"acme", *wanted}, body


@pytest.mark.parametrize(
    ("code", "requires", "requirement"),
    [
        ("from sagemaker.workflow.pipeline import Pipeline as P", "", "sagemaker<3"),
        (
            "from sagemaker.estimator import Estimator as P",
            "sagemaker>=2.200",
            "sagemaker<3,>=2.200",
        ),
        ("from sagemaker.train import ModelTrainer as P", "", "sagemaker"),
        (
            "from sagemaker.workflow.pipeline import Pipeline as P",
            "sagemaker==3.1",
            "sagemaker==3.1",
        ),
    ],
)
def test_modules_that_a_new_version_lacks_hold_it_back(
    code: str, requires: str, requirement: str
) -> None:
    resolved = needs(f"{code}\ndef f(): return P()\n", *filter(None, [requires]))
    assert [one.requirement for one in resolved.needs] == [requirement]


@pytest.mark.parametrize(
    ("code", "requires", "requirement"),
    [
        ("from chromadb.utils.embedding_functions import MistralEmbeddingFunction as C", "", "mistralai<2"),
        ("from arviz import from_zarr as C", "", "zarr<3"),
        ("from arviz import from_zarr as C", "arviz>=1", "zarr"),
        ("from aeon.clustering import TimeSeriesKernelKMeans as C", "", "tslearn<0.10"),
        ("import datasets\nC = lambda x: datasets.load_dataset(x).add_elasticsearch_index('a')", "", "elasticsearch<8"),
        ("from gluonts.ext.statsforecast import ETSPredictor as C", "", "statsforecast<2"),
        ("from gluonts.ext.r_forecast import RForecastPredictor as C", "", "rpy2<3.6"),
        ("from gluonts.ext.rotbaum import TreePredictor as C", "", "xgboost<2"),
        ("from gluonts.ext.hierarchicalforecast import C", "", "hierarchicalforecast<1"),
        ("from lightning.pytorch.callbacks import RichProgressBar as C", "", "rich<15"),
        ("from optuna_integration import BoTorchSampler as C", "", "botorch<0.10"),
        ("from sktime.classification.shapelet_based import MrSEQL as C", "", "mrseql<0.0.3"),
        ("from sktime.classification.shapelet_based import MrSQM as C", "", "numba<0.68"),
        ("from sktime.classification.kernel_based import RocketClassifier as C", "", "numba<0.68"),
        ("from torch_geometric.explain import CaptumExplainer as C", "", "captum<0.7"),
        ("from pycaret.classification import check_drift as C", "", "evidently<0.5,>=0.4.16"),
        ("from pycaret.classification import check_fairness as C", "", "fairlearn==0.7.0"),
        ("from pycaret.classification import interpret_model as C", "", "shap<0.45,>=0.44"),
        ("from pycaret.parallel import FugueBackend as C", "", "fugue<0.9,>=0.8"),
        ("from hvplot.sample_data import us_crime as C", "", "intake<2"),
        ("from hvplot.sample_data import us_crime as C", "", "intake-xarray<2"),
        ("from sktime.forecasting.compose import SkforecastAutoreg as C", "", "skforecast<0.14,>=0.12.1"),
        ("from sktime.forecasting.compose import SkforecastRecursive as C", "", "skforecast>=0.14"),
        ("from sktime.forecasting.adapters import HCrystalBallAdapter as C", "", "setuptools<82"),
        ("from sktime.forecasting.neuralforecast import NeuralForecastLSTM as C", "", "neuralforecast<4"),
        ("from sktime.forecasting.neuralprophet import NeuralProphet as C", "", "scipy<1.16"),
        ("from sktime.forecasting.timemoe import TimeMoEForecaster as C", "", "transformers<=4.40.1"),
        ("from sktime.classification.distance_based import ElasticEnsemble as C", "", "scikit-learn<1.8"),
        ("from sktime.classification.distance_based import KNeighborsTimeSeriesClassifierPyts as C", "",
         "scikit-learn<1.8"),
    ],
)  # fmt: skip
def test_what_a_library_asks_for_has_the_versions_that_it_takes(
    code: str, requires: str, requirement: str
) -> None:
    resolved = needs(f"{code}\ndef f(x): return C(x)\n", *filter(None, [requires]))
    assert requirement in {one.requirement for one in resolved.needs}
