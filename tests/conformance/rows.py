"""What a suite measured: rows of a table, and checks that hold or do not."""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "build/conformance"
GO = OUT / "go/pkg/mod/github.com"


class Suite:
    """`name`, `version` and `source` head the rows; a check that fails is shown with what was found."""

    def __init__(self, name, version, source):
        self.name, self.version, self.source = name, version, source
        self.rows, self.passed, self.failed, self.lacking = [], 0, 0, ""

    def row(self, what, measured):
        self.rows.append((what, measured))

    def check(self, what, holds, found=""):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        self.row(what, ("holds" if holds else "FAILED") + (f": {found}" if found else ""))

    def skip(self, why):
        self.lacking = why
        return self

    def print(self):
        print(f"\n## {self.name} {self.version} ({self.source})\n")
        if self.lacking:
            print(f"skipped: {self.lacking}")
            return
        print("| what | measured |\n| --- | --- |")
        for what, measured in self.rows:
            print(f"| {what} | {measured} |")


def share(part, whole):
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "0 of 0"


def stood(suite, gate, workers, outcomes):
    """What holds for every text of every suite."""
    bad = [o for o in outcomes if o.status >= 500]
    suite.check("no answer 5xx, no worker died", not bad and gate.workers() == workers, f"{len(outcomes)} texts")
    exact = [o for o in outcomes if o.action in ("allow", "observe") and o.passed is None]
    suite.check("what is allowed reaches the model", not exact)
