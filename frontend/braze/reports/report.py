"""What happens to a call, in words, as JSON and as HTML: the object that `explain` returns."""

import html
import json
import os
import types
from collections import Counter
from typing import Any

from braze import _core
from braze.errors import Reason
from braze.record.sources import Guard


class Report:
    """What is compiled of a function and what is not, what was fused and what not, and why.

    Attributes
    ----------
    data : dict
        Everything the report says, as JSON has it.
    source : str
        The function as it is run where it is divided into regions: Python that calls them. Empty
        if it is compiled whole, or not at all.
    """

    def __init__(
        self, name: str, attempt: Any, rewriting: Any = None, trials: list | None = None
    ) -> None:
        recording = attempt.recording
        self.source = "" if rewriting is None else rewriting.text
        self.data: dict[str, Any] = {
            "function": name,
            "compiled": recording is not None,
            "mode": recording.mode if recording else "plain",
            "reasons": [reason_data(reason) for reason in attempt.reasons],
            "regulation": trials or [],
        }
        if recording is not None:
            self.data |= compiled_data(recording)
        elif self.source:
            self.data |= {"mode": "islands", **divided_data(rewriting)}

    def to_json(self, indent: int | None = 2) -> str:
        """Return the report as JSON."""
        return json.dumps(self.data, indent=indent)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _lines(self) -> list[str]:
        d = self.data
        measured = [f"  {trial_text(trial)}" for trial in d["regulation"]]
        if d["mode"] == "islands":
            return [*divided_lines(d), *measured]
        if not d["compiled"]:
            return [
                f"{d['function']}: runs as the plain function",
                *(f"  because {reason_line(r)}" for r in d["reasons"]),
            ]
        lines = [f"{d['function']}: compiled by {d['mode']}, {count(len(d['kernels']), 'kernel')}"]
        lines += [f"  not by script: {reason_line(r)}" for r in d["reasons"]]
        lines += measured
        eager, fused = d["bytes"]["eager"], d["bytes"]["fused"]
        lines.append(
            f"  memory traffic: {amount(eager['number'])} as single operations, "
            f"{amount(fused['number'])} fused"
        )
        for i, kernel in enumerate(d["kernels"], 1):
            lines.append(
                f"  kernel {i}: {count(kernel['ops'], 'operation')}, reads "
                f"{kernel['read']['text']}, writes {kernel['written']['text']} bytes"
                f"{where(kernel['lines'])}"
            )
        lines += [f"  {call['op']}{where([call['place']])}: runs in NumPy" for call in d["calls"]]
        lines += [
            f"  loop{where([place])}: rows do not mix, so it runs on bands of them where its "
            "arrays outgrow the cache"
            for place in d["banded"]
        ]
        verdicts = Counter(map(verdict_line, d["verdicts"]))
        lines += [f"  {line}{f', {n} times' if n > 1 else ''}" for line, n in verdicts.items()]
        lines += [f"  guard: {guard}" for guard in d["guards"]]
        lines += [f"  check: {check}" for check in d["checks"]]
        lines += [f"  note: {note}" for note in d["notes"]]
        return lines

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'><code>{html.escape(line)}</code></td></tr>"
            for line in self._lines()[1:]
        )
        title = html.escape(self._lines()[0])
        return f"<table><tr><th style='text-align:left'>{title}</th></tr>{rows}</table>"


def guard_lines(guards: list[Guard]) -> list[str]:
    """Return what stands for guards; the names of NumPy and Python take one line."""
    names = [str(g.source) for g in guards if is_given(g)]
    lines = [str(g) for g in guards if not is_given(g)]
    return [*lines, f"nobody has changed {', '.join(names)}"] if names else lines


def is_given(guard: Guard) -> bool:
    """Tell whether a guard is about a name in NumPy or among Python's builtins."""
    kind, owner, *_ = guard.source.root
    module = kind == "attr" and isinstance(owner, types.ModuleType)
    return module and owner.__name__.split(".")[0] in ("builtins", "numpy")


def compiled_data(recording: Any) -> dict[str, Any]:
    """Return what there is to tell of a recording."""
    graph = recording.graph.copy()
    before_fusion = [p for p, _ in _core.pipeline]
    _core.run_passes(graph, only=before_fusion[: before_fusion.index("fuse")])
    sizes: dict[str, int] = recording.sizes
    fusion = _core.fuse_report(graph, sizes)
    return {
        "inputs": [str(source) for source in recording.inputs],
        "guards": guard_lines(recording.guards),
        "checks": recording.graph.checks,
        "notes": recording.notes,
        "branches": [branch.data() for branch in recording.branches],
        "kernels": [kernel_data(k) for k in fusion["kernels"]],
        "calls": calls(graph),
        "banded": fusion["banded"],
        "verdicts": [verdict_data(v) for v in fusion["verdicts"]],
        "bytes": {"eager": bytes_data(fusion["before"]), "fused": bytes_data(fusion["after"])},
    }


def divided_data(rewriting: Any) -> dict[str, Any]:
    """Return the regions of a divided function and the islands between them."""
    islands = [{"line": line, "reason": reason_data(why)} for line, why in rewriting.plan.islands]
    return {"regions": list(map(region_data, rewriting.plan.regions)), "islands": islands}


def region_data(region: Any) -> dict[str, Any]:
    """Return what has become of a region so far; it is compiled when it is first run."""
    recordings = [a.recording for a in region.compiler.attempts if a.optimized is not None]
    first, last = region.stretch.lines
    data: dict[str, Any] = {
        "name": region.name,
        "lines": [first, last],
        "takes": list(region.stretch.takes),
        "gives": list(region.stretch.gives),
        "versions": len(recordings),
        "reason": reason_data(region.given_up) if region.given_up else None,
        "regulation": region.function._trials(),
    }
    return data | (compiled_data(recordings[-1]) if recordings else {})


def divided_lines(d: dict[str, Any]) -> list[str]:
    """Return the regions and islands in the order of the source."""
    parts = [
        (i["line"], f"  line {i['line']}: Python, {reason_line(i['reason'])}") for i in d["islands"]
    ]
    for region in d["regions"]:
        first, last = region["lines"]
        lines = f"line {first}" if first == last else f"lines {first}-{last}"
        if region["reason"]:
            text = f"Python, {reason_line(region['reason'])}"
        elif not region["versions"]:
            text = "compiled when it is first run"
        else:
            saved = region["bytes"]["eager"]["number"] - region["bytes"]["fused"]["number"]
            text = f"compiled: {count(len(region['kernels']), 'kernel')}"
            text += f", saves {amount(saved)} of memory traffic" if saved > 0 else ""
            text += "".join(f"; {trial_text(trial)}" for trial in region["regulation"])
        parts.append((first, f"  {lines}: {text}"))
    regions = count(len(d["regions"]), "region")
    title = f"{d['function']}: {regions} of it compiled, Python in between"
    return [title, *(text for _, text in sorted(parts, key=lambda part: part[0]))]


def trial_text(trial: dict[str, Any]) -> str:
    """Return what measuring compiled and plain calls of one size has shown."""
    sides = {"plain": trial["plain_us"], "compiled": trial["compiled_us"]}
    if not trial["settled"]:
        plain, compiled = map(duration, sides.values())
        return f"being measured: plain {plain}, compiled {compiled}"
    serves = trial["serves"]
    mine = sides.pop(serves)
    (other,) = sides.values()
    times = f"{duration(mine)} against {duration(other)} over {trial['measured_calls']} calls"
    if mine <= other:
        return f"{serves} was faster: {times}"
    return f"{serves} was about as fast: {times}"


def duration(us: float) -> str:
    """Return a time in microseconds for people."""
    for unit in ("us", "ms"):
        if us < 1000:
            return f"{us:.3g} {unit}"
        us /= 1000
    return f"{us:.3g} s"


def calls(graph: Any) -> list[dict[str, Any]]:
    """Return the operations that are one call of a library each."""
    found = []
    for node in graph.nodes():
        if _core.ops[graph.op(node)]["kind"] == "call":
            loc = graph.loc(node)
            place = (graph.files[loc[2]], *loc[:2]) if loc else None
            text = graph.attrs(node).get("call", "").partition("(")[0]
            found.append({"op": text or graph.op(node), "place": place})
    return found


def reason_data(reason: Reason) -> dict[str, Any]:
    place = reason.place
    return {
        "what": reason.what,
        "remedy": reason.remedy,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def reason_line(reason: dict[str, Any]) -> str:
    line = f"{reason['what']}"
    if reason["line"]:
        line += f" ({os.path.basename(reason['file'])}:{reason['line']}:{reason['column']})"
    return line + (f"; {reason['remedy']}" if reason["remedy"] else "")


def bytes_data(pair: tuple[str, float]) -> dict[str, Any]:
    return {"text": pair[0], "number": pair[1]}


def kernel_data(kernel: dict[str, Any]) -> dict[str, Any]:
    lines = sorted({tuple(place) for place in kernel["places"] if place})
    return {
        "ops": kernel["ops"],
        "read": bytes_data(kernel["read"]),
        "written": bytes_data(kernel["written"]),
        "lines": lines,
    }


def verdict_data(verdict: dict[str, Any]) -> dict[str, Any]:
    return {**verdict, "saved": bytes_data(verdict["saved"])}


def verdict_line(verdict: dict[str, Any]) -> str:
    mark, saves = ("fused", "saves") if verdict["fused"] else ("apart", "would save")
    places = where([verdict["first_place"], verdict["second_place"]])
    why = f"{verdict['reason']}, " if verdict["reason"] else ""
    saved = verdict["saved"]["text"]
    return f"{mark}: {verdict['first']} and {verdict['second']}{places}: {why}{saves} {saved} bytes"


def where(places: list) -> str:
    """Return the lines of places, in brackets."""
    lines = sorted({place[1] for place in places if place})
    return f" (line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))})" if lines else ""


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def amount(number: float) -> str:
    """Return a number of bytes for people."""
    for unit in ("B", "kB", "MB"):
        if abs(number) < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} GB"
