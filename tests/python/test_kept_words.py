"""The words in which a kept specialisation speaks of values and of braze's own sources."""

import numpy as np
import pytest

from braze.dispatch import kept


@pytest.mark.parametrize(
    "value",
    [None, True, 1, -0.0, float("nan"), 2j, "text", b"bytes", (1, (2.0, "x")), slice(1, None, 2),
     range(0, 5, 2), np.float32(1.5), np.int8(-3), np.complex64(1j), np.bool_(True),
     np.dtype("f4"), Ellipsis],
)  # fmt: skip
def test_plain_values(value):
    form = kept.encoded(value)
    back = kept.decoded(form)
    assert type(back) is type(value) and repr(back) == repr(value)
    assert kept.same(value, form)


def test_values_that_are_told_apart():
    values = [0.0, -0.0, 0, False, np.float64(0), np.float32(0), np.int64(0), (0,), (0.0,), "0"]
    for one in values:
        assert [other is one for other in values] == [
            kept.same(other, kept.encoded(one)) for other in values
        ]
    for value in ([1], {1: 2}, {1}, object(), np.ones(2), int, np.dtype(">f8")):
        with pytest.raises(kept.Unnamed):
            kept.encoded(value)


def test_sources_are_told_apart(tmp_path):
    (tmp_path / "inside").mkdir()
    paths = [tmp_path / "one.py", tmp_path / "inside" / "two.py"]
    for path in paths:
        path.write_text("1")
    before = kept.sources(str(tmp_path))
    assert len(before) == 2 and before == kept.sources(str(tmp_path))
    paths[1].write_text("22")
    assert kept.sources(str(tmp_path)) != before
