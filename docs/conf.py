"""How Sphinx makes a site of these pages: ``make site``. Warnings are errors there, a broken link is one."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import ops0

project = "ops0"
version = release = ops0.__version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
html_theme = "furo"
html_title = f"ops0 {release}"
myst_heading_anchors = 4


def setup(app: Sphinx) -> None:
    """See Sphinx."""
    app.connect("doctree-read", unlink_what_is_outside)


def unlink_what_is_outside(app: Sphinx, doctree: nodes.document) -> None:
    """Make text of links to what only the checkout has, as ``examples/``: they work where the pages are read there."""
    here, root = Path(str(doctree["source"])).parent, Path(app.srcdir).resolve()
    for link in list(doctree.findall(addnodes.pending_xref)):
        place = (here / str(link.get("reftarget", "")).partition("#")[0]).resolve()
        files = (place, place.with_name(f"{place.name}.md"))
        if root not in place.parents and any(one.exists() for one in files):
            link.replace_self(link.children)
