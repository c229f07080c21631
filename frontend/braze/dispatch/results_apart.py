"""Whether results are objects of their own, or what an earlier result is."""

from braze.errors import refuse
from braze.record.storage import origin
from braze.record.value import Value


def of_twin(view: Value, earlier: list[Value]) -> bool:
    """Tell whether a view shows a fresh array that an earlier result shows, for Python another."""
    root = view.root
    if root is None or root.source is not None:
        return False
    holders = (e.root if e.root is not None else e for e in earlier if e.is_array)
    first = next((holder for holder in holders if holder.ref == root.ref), root)
    return first is not root


def check_objects(result: Value, earlier: list[Value]) -> None:
    """Refuse to return two arrays of which only the run tells whether they are one."""
    mine = may_be(result)
    for other in earlier:
        if origin(other).flat_of is origin(result) or origin(result).flat_of is origin(other):
            raise refuse("returning an array and numpy.ravel of it, a view or a copy")
        if any(one is two for one in may_be(other) for two in mine):
            raise refuse("returning two views that may be one, as a branch or loop decides")


def may_be(given: Value) -> list[Value]:
    """Return an array and the views that it may be, if a branch or loop gives it."""
    known = given.recorder.storage.perhaps
    found = [given]
    for value in found:
        _, views = known.get(id(value), (None, []))
        found += [view for view in views if not any(view is other for other in found)]
    return found
