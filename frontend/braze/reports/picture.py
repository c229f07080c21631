"""A graph as a picture: Graphviz text, and a page that needs nothing but a browser."""

import html
import json
from typing import Any

from braze._core import Graph

KERNEL, CONTROL, PLAIN = "#fde9c8", "#d9e8fb", "#ffffff"


def to_dot(graph: Graph) -> str:
    """Return the graph for Graphviz: a box per node, a cluster per nested body."""
    data = json.loads(graph.to_json())
    lines = ["digraph braze {", '  node [shape=box, style="rounded,filled", fontname="monospace"];']
    body_dot(data, lines, "  ", "main")
    return "\n".join([*lines, "}"])


def body_dot(body: dict[str, Any], lines: list[str], indent: str, name: str) -> None:
    for param in body["params"]:
        label = quote(f"%{param['id']} : {param['type']}")
        lines.append(f"{indent}n{param['id']} [label={label}, shape=ellipse, fillcolor=white];")
    for node in body["nodes"]:
        node_dot(node, lines, indent)
    for i, result in enumerate(body["results"]):
        lines.append(f"{indent}{name}_{i} [label=result, shape=plaintext, fillcolor=white];")
        lines.append(f"{indent}n{result} -> {name}_{i};")


def node_dot(node: dict[str, Any], lines: list[str], indent: str) -> None:
    own = f"n{node['id']}"
    label = quote(f"{caption(node)}\n{node['type']}")
    lines.append(f'{indent}{own} [label={label}, fillcolor="{colour(node)}"];')
    lines += [f"{indent}n{operand} -> {own};" for operand in node["inputs"]]
    for field, body in node.get("bodies", {}).items():
        lines.append(f"{indent}subgraph cluster_{own}_{field} {{")
        label = quote(f"{node['op']} {field} of %{node['id']}")
        lines.append(f"{indent}  label={label};")
        body_dot(body, lines, indent + "  ", f"{own}_{field}")
        lines.append(f"{indent}}}")


def to_html(graph: Graph) -> str:
    """Return a page with the graph as nested boxes; pointing at a value shows its uses."""
    data = json.loads(graph.to_json())
    title = html.escape(f"graph {data['name']}".strip())
    checks = "".join(f"<li>{html.escape(check)}</li>" for check in data["checks"])
    where = f"<p>where</p><ul>{checks}</ul>" if checks else ""
    return PAGE.replace("TITLE", title).replace("WHERE", where).replace("BODY", body_html(data))


def body_html(body: dict[str, Any]) -> str:
    params = ", ".join(f"{value(p['id'])}: {html.escape(p['type'])}" for p in body["params"])
    nodes = "".join(node_html(node) for node in body["nodes"])
    results = ", ".join(map(value, body["results"]))
    head, tail = f"<div class=line>({params})</div>", f"<div class=line>→ {results}</div>"
    return f"<div class=body>{head}{nodes}{tail}</div>"


def node_html(node: dict[str, Any]) -> str:
    operands = ", ".join(map(value, node["inputs"]))
    attributes = html.escape(", ".join(f"{k}={v}" for k, v in node.get("attrs", {}).items()))
    line = (
        f"{value(node['id'])} = <b>{html.escape(node['op'])}</b> {operands}"
        f" <i>{attributes}</i> <span class=type>{html.escape(node['type'])}</span>"
    )
    bodies = "".join(
        f"<div class=label>{html.escape(name)}</div>{body_html(body)}"
        for name, body in node.get("bodies", {}).items()
    )
    style = f"background:{colour(node)}"
    return f'<div class=node style="{style}"><div class=line>{line}</div>{bodies}</div>'


def value(number: int) -> str:
    return f"<span class=v data-v={int(number)}>%{int(number)}</span>"


def caption(node: dict[str, Any]) -> str:
    attributes = ", ".join(f"{k}={v}" for k, v in node.get("attrs", {}).items())
    return f"%{node['id']} = {node['op']}" + (f" {{{attributes}}}" if attributes else "")


def colour(node: dict[str, Any]) -> str:
    if node["op"] == "kernel":
        return KERNEL
    return CONTROL if node.get("bodies") else PLAIN


def quote(text: str) -> str:
    return json.dumps(text)


PAGE = """<!doctype html>
<meta charset=utf-8>
<title>TITLE</title>
<style>
  body { font: 14px/1.5 ui-monospace, monospace; margin: 2em; color: #222 }
  .node, .body { border: 1px solid #ccc; border-radius: 4px }
  .node, .body { margin: 3px 0 3px 1.2em; padding: 1px 6px }
  .label { color: #888 } .type { color: #2a6f4e; float: right; margin-left: 2em } i { color: #888 }
  .v { color: #8a3b12; cursor: pointer } .on { background: #ffe27a }
</style>
<h1>TITLE</h1>
WHERE
BODY
<script>
  const all = document.querySelectorAll(".v");
  for (const v of all) v.onmouseenter = () => {
    for (const w of all) w.classList.toggle("on", w.dataset.v === v.dataset.v);
  };
</script>
"""
