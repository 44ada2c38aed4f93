"""How Sphinx builds this site: `make docs`."""

import sys
import warnings
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

from agelens import __version__, client  # noqa: E402  (the extensions are on the path first)

# Some modules import a name of the client for type checkers only; autodoc evaluates annotations.
for module in [found for name, found in sys.modules.items() if name.startswith("agelens.client.")]:
    for name in set(client.__all__) - set(vars(module)):
        setattr(module, name, getattr(client, name))

project = "AgeLens"
author = "the AgeLens authors"
copyright = "the AgeLens authors"
version = release = __version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_click",
    "sphinx_design",
    "biomarker_reference",
    "clock_pages",
    "docstrings",
    "http_reference",
    "no_other_host",
    "repository_links",
]
exclude_patterns = ["_build", "screenshots/*.py"]
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
highlight_language = "none"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_type_aliases = {"People": "agelens.client.uploads.People"}  # written as a text
python_use_unqualified_type_names = True
autosummary_generate = False  # numpydoc brings the extension along; nothing here uses it
numpydoc_show_class_members = False
numpydoc_validation_checks = set()
# It reads docstrings for their signatures before `docstrings` renames the section.
warnings.filterwarnings("ignore", "Unknown section Source")
viewcode_line_numbers = True

# Every name in a docstring or signature must lead somewhere, but those of other packages: their
# documentation is on other hosts, and this site is built and read without any.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!agelens|model_training).*"),
    # what public names are made of, without being public themselves
    (
        r"py:.*",
        r"agelens\.client\.(connection\.Connection|pages\.T(_co)?|uploads\.(People|Upload|ArrowFrame)"
        r"|errors\.(TaskLike|CohortLike))",
    ),
    (r"py:.*", r"agelens\.(notebook\.static\.Shown|charts\.trend\.Series)"),
    (r"py:.*", r"agelens\.clocks\.mortality_requirements\.P"),
    (r"py:.*", r"agelens\.clocks\.peer_deviations\.PeerModel"),
    (r"py:.*", r"model_training\.(mortality|cards)\..*"),
    (r"envvar|token|option", r".*"),
]

html_theme = "pydata_sphinx_theme"
html_title = "AgeLens"
html_static_path = ["static"]
html_css_files = ["agelens.css"]
html_favicon = "static/favicon.svg"
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False  # it would fetch pages, which browsers forbid for files
html_theme_options = {
    "logo": {"text": "AgeLens"},
    "icon_links": [],
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "header_links_before_dropdown": 6,
    "show_prev_next": True,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "navigation_with_keys": False,
}
html_context = {"default_mode": "auto"}
