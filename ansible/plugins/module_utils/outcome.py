"""What an exit code of taprecipe means to a play: see "Exit codes" in docs/operators.md."""

from __future__ import annotations

NOTHING_RECORDED = 5
INCONCLUSIVE = 6
FOUND = 10

# A run that ended as planned, whatever it found. With 5 and no document the deadline came before anything was traced.
FINDINGS = (0, NOTHING_RECORDED, INCONCLUSIVE, FOUND)


def of_run(status, summary):
    """Whether a run failed, whether it found what 'fail_if' names, and what a person should be warned of."""
    failed = status not in FINDINGS or summary is None
    warnings = []
    if summary and summary["grade"] == "inconclusive":
        warnings.append("%s (%s)" % (summary["headline"], "; ".join(summary["reasons"])))
    return failed, status == FOUND, warnings


def of_batch(status, report):
    """The same of a runbook, where a failed step must not hide behind one that found something."""
    if report is None:
        return True, False, []
    ends = [(step, step["end"]) for step in report["steps"]]
    failed = [step for step, end in ends if end["kind"] != "skipped" and end.get("exitCode") not in FINDINGS]
    found = any(end.get("exitCode") == FOUND for step, end in ends)
    inconclusive = [step for step, end in ends if end.get("exitCode") == INCONCLUSIVE or is_left_open(end)]
    warnings = ["step '%s': %s" % (step["name"], step["result"]) for step in inconclusive]
    return bool(failed) or status not in FINDINGS, found, warnings


def is_left_open(end):
    """Whether a step was not run, and not because its condition did not hold."""
    return end["kind"] == "skipped" and end.get("detail") != "condition"
