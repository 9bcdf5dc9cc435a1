"""A test that asserts only inside a loop passes when the loop runs over nothing; it must first say how many."""

import ast
from pathlib import Path

WRITTEN = ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Constant


def _written(node, names):
    """Whether all that a loop runs over stands in the test file itself, perhaps inside `zip`, `range` or `.items()`."""
    if isinstance(node, ast.Call):
        parts = [*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
        return bool(parts) and all(_written(part, names) for part in parts)
    return isinstance(names.get(node.id) if isinstance(node, ast.Name) else node, WRITTEN)


def _claims(node, names, looped=False):
    """For each claim of a test, whether it stands in a loop that could run over nothing."""
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    if isinstance(node, ast.Assert) or "raises" in called or "assert" in called:
        yield looped or ast.unparse(node).startswith("assert all(")
    looped = looped or (isinstance(node, ast.For) and not _written(node.iter, names)) or isinstance(node, ast.While)
    for child in ast.iter_child_nodes(node):
        yield from _claims(child, names, looped)


def _may_claim_nothing(source):
    """The tests of a file that would pass if all they loop over were empty."""
    tree = ast.parse(source)
    names = {ast.unparse(one.targets[0]): one.value for one in ast.walk(tree) if isinstance(one, ast.Assign)}
    tests = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    return [one.name for one in tests if (claims := [*_claims(one, names)]) and all(claims)]


def test_no_test_asserts_only_inside_a_loop_that_may_be_empty():
    here = Path(__file__).parent
    found = {path.relative_to(here): _may_claim_nothing(path.read_text("utf-8")) for path in here.rglob("test_*.py")}
    assert len(found) > 100
    assert {path: tests for path, tests in found.items() if tests} == {}


def test_such_a_test_is_recognised():
    body = "def test_x(rows):\n    {}for row in {}:\n        assert row"
    told = {(first, over): _may_claim_nothing(body.format(first, over))
            for first in ("", "assert rows\n    ") for over in ("rows", "(1, 2)", "zip(rows, (1, 2))")}  # fmt: skip
    assert [case for case, tests in told.items() if tests] == [("", "rows"), ("", "zip(rows, (1, 2))")]
