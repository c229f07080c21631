"""Expected messages, word for word: what a user reads when something is not compiled."""

import linecache
import textwrap

import numpy as np
import pytest

import braze

X = np.ones((3, 2))


def load(source, name="model.py"):
    """Return the function `f` of a file that exists in memory alone."""
    source = textwrap.dedent(source)
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    names = {"np": np}
    exec(compile(source, name, "exec"), names)
    return names["f"]


CASES = {
    "a builtin": (
        """
        def f(x):
            y = x + 1
            print(y, end="")
            return y
        """,
        """
          File "model.py", line 4, in f
            print(y, end="")
            ^^^^^^^^^^^^^^^^
        not compiled: a call of print
        what to do: use braze.jit, which runs the plain function instead""",
    ),
    "an element": (
        """
        def f(x):
            x.flat[0] = 1.0
            return x
        """,
        """
          File "model.py", line 3, in f
            x.flat[0] = 1.0
            ^^^^^^
        not compiled: the attribute .flat of an array
        what to do: use braze.jit, which runs the plain function instead""",
    ),
    "a truth": (
        """
        def f(x):
            if x > 0:
                return x
            return -x
        """,
        """
          File "model.py", line 3, in f
            if x > 0:
               ^^^^^
        not compiled: the truth of an array with more than one element
        what to do: use numpy.any or numpy.all""",
    ),
    "in a called function": (
        """
        def g(v):
            return np.asarray_chkfinite(v)

        def f(x):
            return g(x) + 1
        """,
        """
          File "model.py", line 3, in g
            return np.asarray_chkfinite(v)
                   ^^^^^^^^^^^^^^^^^^^^^^^
        not compiled: a call of numpy.asarray_chkfinite
        what to do: use braze.jit, which runs the plain function instead""",
    ),
    "a statement": (
        """
        def f(x):
            with np.printoptions(precision=3):
                return x / 0
        """,
        """
          File "model.py", line 3, in f
            with np.printoptions(precision=3):
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        not compiled: a call of numpy.printoptions
        what to do: use braze.jit, which runs the plain function instead""",
    ),
    "a change in place": (
        """
        def f(x):
            y = x if x.sum() > 0 else x[::-1]
            y += 1
            return y
        """,
        """
          File "model.py", line 4, in f
            y += 1
            ^^^^^^
        not compiled: a change of an array that may be one of several, as a branch or loop decides
        what to do: change a copy""",
    ),
    "different ways": (
        """
        def f(x):
            if x.sum() > 0:
                y = x
            else:
                y = x[0]
            return y + 1
        """,
        """
          File "model.py", line 7, in f
            return y + 1
                   ^^^^^
        not compiled: a value that is <f64[n, m]> or <f64[m]>, as a condition decides
        what to do: give both ways of the `if` the same type and shape""",
    ),
    "ünïcode": (
        """
        def f(ä):
            return "ö" + str(ä)
        """,
        """
          File "model.py", line 3, in f
            return "ö" + str(ä)
                         ^^^^^^
        not compiled: text of a value that is known only when the function runs
        what to do: use braze.jit, which runs the plain function instead""",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_message(case):
    source, wanted = CASES[case]
    with pytest.raises(braze.CompileError) as caught:
        braze.script(load(source))(X)
    assert str(caught.value) == textwrap.dedent(wanted).rstrip()


def test_an_edited_file_is_not_trusted():
    f = load("def f(x):\n    return x + 1\n", "edited.py")
    load("def f(x):\n    return x + 2\n", "edited.py")
    np.testing.assert_array_equal(braze.jit(f)(X), X + 1)
    with pytest.raises(braze.CompileError, match="not the code that runs"):
        braze.script(f)(X)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f33[n]", "no dtype is called 'f33'"),
        ("f32[n, -1]", "'-1' is no size"),
        ("f32[n", "is no type"),
        ("", "is no type"),
    ],
)
def test_a_bad_spec(text, message):
    with pytest.raises(braze.GraphError, match=message):
        braze.spec(text)


@pytest.mark.parametrize("text", ["f32[n, 128]", "f64", "float", "int", "bool", "b1[n]", "f32[]"])
def test_a_spec_prints_as_it_is_written(text):
    assert str(braze.spec(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "graph",
        "graph f(%0: f32[n]) {",
        "graph f(%0: f33[n]) {\n  return %0\n}\n",
        "graph f(%0: f32[n]) {\n  %1 = ad %0, %0 : f32[n]\n  return %1\n}\n",
        "graph f(%0: f32[n]) {\n  return %7\n}\n",
        "\0",
        "graph f() { return }}",
    ],
)
def test_bad_graph_text_names_line_and_column(text):
    with pytest.raises(braze.GraphError, match=r"line \d+, column \d+: "):
        braze.parse(text)


def test_the_graph_api_refuses_nonsense():
    graph = braze.Graph("g")
    with pytest.raises((ValueError, TypeError)):
        graph.add(0, "add", [0, 1])
    with pytest.raises((ValueError, TypeError)):
        graph.param(5, "array", "f32")
    with pytest.raises(ValueError):
        graph.apply(0, "no_such_op", [])
    with pytest.raises((ValueError, TypeError)):
        graph.add(0, "iota", [], {"size": "three"})
    with pytest.raises((IndexError, ValueError, TypeError)):
        graph.type(99)
    other = braze.Graph("h")
    with pytest.raises(ValueError, match="another graph"):
        graph.param(0, "array", "f32", [other.symbol("n")])
