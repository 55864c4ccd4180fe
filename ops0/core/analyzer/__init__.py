"""The analyzer: what one function needs, found by reading, never by running. See ``analyse`` and ``function_facts``.

::

    source --parse--> modules --split--> units (top-level statements)
    a step's unit --reach--> units of all modules that it uses     names followed, effects added
    what is reached --> Facts: imports, calls, texts, types, slices, data files
    decorators, calls --> steps and the graph
"""

from __future__ import annotations

from ops0.core.analyzer.analyse import ResolveNeeds, analyse
from ops0.core.analyzer.any_function import function_facts
from ops0.core.analyzer.door import PipelineAnalyzer, StepMetadata

__all__ = ["PipelineAnalyzer", "ResolveNeeds", "StepMetadata", "analyse", "function_facts"]
