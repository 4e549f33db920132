# SPDX-License-Identifier: Apache-2.0
"""Our PromQL engine against the one of Prometheus: the same series, the same queries, the same answers.

ORRERY_PROMQL_REFERENCE is the program of go/promql and ORRERY_PROMQL_MODULE the folder of Prometheus' own sources, which have
scripts; `run` sets both. ORRERY_PROMQL_QUERIES is how many queries, ORRERY_PROMQL_SEED which ones.
"""
import collections
import math
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from interop.promql_queries import Queries, script

BIN = Path(os.environ.get("ORRERY_BIN_DIR", Path(__file__).resolve().parents[2] / "build/release/bin"))
COUNT = int(os.environ.get("ORRERY_PROMQL_QUERIES", "3000"))
SEED = int(os.environ.get("ORRERY_PROMQL_SEED", "1"))
MIXED = re.compile(r"(?<=\"): (?:float|histogram) \S+ (?:float|histogram)")
BATCH = 500
TOLERANCE = 1e-9
# count_values writes numbers into labels, of which the last digits do not matter.
LONG_NUMBER = re.compile(r"\d+\.\d{5,}(?:e[+-]\d+)?")


def answers(program, lines):
    out = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=600, check=True).stdout
    answer = {"series": {}, "notes": set()}
    for line in out.split("\n"):
        kind, _, rest = line.partition(" ")
        if kind == "end":
            yield answer
            answer = {"series": {}, "notes": set()}
        elif kind == "series":
            points = answer["series"].setdefault(LONG_NUMBER.sub(lambda n: f"{float(n[0]):.9g}", rest), {})
        elif kind == "point":
            time, _, value = rest.partition(" ")
            points[int(time)] = value
        elif kind == "note":
            # Of several such notes at a step Prometheus keeps that of whichever series its store names last.
            answer["notes"].add(MIXED.sub("", rest))
        elif kind in ("error", "type"):
            answer[kind] = rest


def close(a, b):
    if a == b:
        return True
    x, y = float(a), float(b)
    return x == y or (math.isnan(x) and math.isnan(y)) or abs(x - y) <= TOLERANCE * max(abs(x), abs(y), 1e-3)


def same_value(a, b):
    if a == b:
        return True
    if a.startswith("hist:") != b.startswith("hist:"):
        return False
    if not a.startswith("hist:"):
        return close(a, b)
    for x, y in zip(a[5:].split("/"), b[5:].split("/"), strict=True):
        xs, ys = x.replace(":", ",").split(","), y.replace(":", ",").split(",")
        if len(xs) != len(ys) or not all(p == q or close(p, q) for p, q in zip(xs, ys)):
            return False
    return True


def difference(wanted, found):
    """What differs between two answers, or nothing."""
    if ("error" in wanted) != ("error" in found):
        return f"error: {wanted.get('error')} / {found.get('error')}"
    if "error" in wanted:
        return None
    if wanted["type"] != found["type"] or wanted["series"].keys() != found["series"].keys():
        return f"series: {sorted(wanted['series'])[:3]} / {sorted(found['series'])[:3]}"
    for labels, points in wanted["series"].items():
        others = found["series"][labels]
        for time in sorted(points.keys() | others.keys()):
            if time not in points or time not in others or not same_value(points[time], others[time]):
                return f"{labels} at {time}: {points.get(time)} / {others.get(time)}"
    if wanted["notes"] != found["notes"]:
        return f"notes: {sorted(wanted['notes'] - found['notes'])} / {sorted(found['notes'] - wanted['notes'])}"
    return None


# Prometheus' own scripts of which every case holds.
SCRIPTS = ["aggregators", "at_modifier", "collision", "duration_expression", "limit", "literals", "selectors", "staleness", "subquery", "trig_functions"]


class PromqlTest(unittest.TestCase):
    maxDiff = None

    def test_answers_are_those_of_prometheus(self):
        failures, kinds = [], collections.Counter()
        with tempfile.TemporaryDirectory() as folder:
            for start in range(0, COUNT, BATCH):
                data = Path(folder, f"{start}.load")
                data.write_text(script(SEED * 1_000_000 + start))
                queries = Queries(SEED * 1_000_000 + start)
                lines = [f"load {data}"]
                for i in range(min(BATCH, COUNT - start)):
                    times = queries.pick("900000 900000 0", "0 1500000 60000", "300000 1200000 45000", "615000 615000 0")
                    lines.append(f"query {times} {queries.vector(1 + i % 3)}")
                wanted = list(answers(os.environ["ORRERY_PROMQL_REFERENCE"], lines))
                found = list(answers(BIN / "orrery_promql_answers", lines))
                self.assertEqual(len(lines) - 1, len(wanted))
                self.assertEqual(len(wanted), len(found))
                for line, want, have in zip(lines[1:], wanted, found):
                    kinds["error" if "error" in want else "empty" if not want["series"] else "values"] += 1
                    if what := difference(want, have):
                        failures.append(f"{line}\n    {what}")
        # Queries that fail or find nothing prove little.
        self.assertGreater(kinds["values"], COUNT // 3, kinds)
        self.assertEqual([], failures[:20], f"{len(failures)} of {COUNT} differ")

    def test_scripts_of_prometheus_hold(self):
        source = Path(os.environ["ORRERY_PROMQL_MODULE"], "promql/promqltest/testdata")
        with tempfile.TemporaryDirectory() as folder:
            for name in SCRIPTS:
                Path(folder, f"{name}.test").symlink_to(source / f"{name}.test")
            done = subprocess.run([BIN / "orrery_promql_script_test"], env=os.environ | {"ORRERY_PROMQL_SCRIPTS": folder},
                                  capture_output=True, text=True, timeout=120)
        self.assertEqual(0, done.returncode, done.stdout[-5000:])


if __name__ == "__main__":
    unittest.main()
