"""What can be read of a component."""

import json

import plotly.io


def text(component):
    """Everything that can be read of a component."""
    found = []

    def walk(node):
        if isinstance(node, str | int | float):
            found.append(str(node))
        elif isinstance(node, list):
            for part in node:
                walk(part)
        elif isinstance(node, dict):
            walk(node.get("props", {}).get("children"))

    walk(json.loads(plotly.io.json.to_json_plotly(component)))
    return " ".join(found)
