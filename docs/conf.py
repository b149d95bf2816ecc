"""Settings of the documentation: Sphinx with furo, pages in Markdown (MyST)."""

project = "wirekit"
author = "wirekit contributors"
copyright = "wirekit contributors"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "wirekit"
