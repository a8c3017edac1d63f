"""Fixtures of the tests that hold Bawn against parsers and suites that are not ours; those of the end-to-end tests serve here too."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent / "e2e"):
    sys.path.insert(0, str(folder))
