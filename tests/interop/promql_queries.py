# SPDX-License-Identifier: Apache-2.0
"""Series and random PromQL queries on them, for a comparison with Prometheus."""
import random

GAPS = ["_", "_x2", "stale", "NaN"]


def values(rng, kind, steps):
    """Values of one series in the form of Prometheus' test scripts."""
    out, level = [], rng.choice([0, 5, 100])
    for _ in range(steps):
        if rng.random() < 0.07:
            out.append(rng.choice(GAPS if kind == "odd" else GAPS[:3]))
            continue
        if kind == "counter":
            level = 0 if rng.random() < 0.08 else level + rng.choice([0, 1, 3, 7.5])
        else:
            level = round(level + rng.uniform(-10, 10), 2)
        out.append(f"{level:g}")
    return " ".join(out)


def native(rng, custom, steps):
    out, counts, total = [], [0, 0, 0], 0.0
    for _ in range(steps):
        if rng.random() < 0.06:
            out.append("_")
            continue
        if rng.random() < 0.06:
            counts, total = [0, 0, 0], 0.0
        counts = [c + rng.randrange(4) for c in counts]
        total += rng.randrange(20)
        form = "schema:-53 custom_values:[1 2.5]" if custom else "schema:1 offset:-1"
        out.append("{{%s sum:%g count:%g buckets:[%s]}}" % (form, total, sum(counts), " ".join(map(str, counts))))
    return " ".join(out)


def script(seed, steps=60):
    """A `load` block with counters, gauges, classic and native histograms, 30 s apart."""
    rng = random.Random(seed)
    lines = ["load 30s"]
    for kind in ["oat", "soy"]:
        for bar in ["a", "b", "c"]:
            lines.append(f'  cups_total{{kind="{kind}", bar="{bar}"}} ' + values(rng, "counter", steps))
            lines.append(f'  level{{kind="{kind}", bar="{bar}"}} ' + values(rng, "gauge", steps))
        lines.append(f'  price{{kind="{kind}"}} ' + values(rng, "odd", steps))
    for bar in ["a", "b"]:
        rows = [[0] * 4]
        for _ in range(steps - 1):
            more = [rng.randrange(3) for _ in range(4)]
            rows.append([old + sum(more[:i + 1]) for i, old in enumerate(rows[-1])])
        for i, bound in enumerate(["0.1", "0.5", "2", "+Inf"]):
            lines.append(f'  wait_bucket{{bar="{bar}", le="{bound}"}} ' + " ".join(str(row[i]) for row in rows))
        lines.append(f'  native{{bar="{bar}"}} ' + native(rng, False, steps))
        lines.append(f'  custom{{bar="{bar}"}} ' + native(rng, True, steps))
    return "\n".join(lines) + "\n"


RANGE = ("rate increase delta irate idelta changes resets deriv avg_over_time sum_over_time min_over_time max_over_time "
         "count_over_time last_over_time present_over_time stddev_over_time stdvar_over_time mad_over_time "
         "ts_of_max_over_time ts_of_min_over_time ts_of_last_over_time").split()
PLAIN = ("abs ceil floor exp sqrt ln log2 log10 sgn sin cos atan tanh deg rad timestamp hour minute day_of_week month "
         "days_in_month histogram_count histogram_sum histogram_avg histogram_stddev histogram_stdvar sort").split()
SUMS = "sum avg min max count group stddev stdvar".split()
ARITHMETIC = ["+", "-", "*", "/", "%", "^", "atan2"]
COMPARISONS = ["==", "!=", "<", ">", "<=", ">="]


class Queries:
    """Random queries from a grammar. The same seed makes the same queries."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def pick(self, *choices):
        return self.rng.choice(choices)

    def duration(self):
        return self.pick("30s", "1m", "2m", "5m", "7m30s", "90", "2m*2+30s", "max_of(step(), 3m)")

    def shift(self):
        if self.rng.random() < 0.8:
            return ""
        return self.pick(" offset 1m", " offset -2m", " @ 600", " @ start()", " @ end() offset 1m", " @ end()")

    def matchers(self):
        name = self.pick("cups_total", "level", "price", "wait_bucket", "native", "custom", "cups_total", "level")
        label = self.pick("", "", '{bar="a"}', '{bar!="b"}', '{kind=~"o.*"}', '{bar=~"a|c", kind!~"s.y"}')
        if self.rng.random() < 0.04:
            return '{__name__=~"level|native", bar="a"}'
        return name + label

    def grouping(self):
        return self.pick("", "", " by (kind)", " by (bar)", " by (kind, bar)", " without (kind)", " without (bar)", " by (le)",
                         " by (bar, le)")

    def scalar(self, depth):
        if depth <= 0 or self.rng.random() < 0.7:
            return self.pick("0", "1", "2", "0.5", "-3", "10", "1.1", "100", "NaN", "time()", "pi()")
        return self.pick(f"scalar({self.vector(depth - 1)})", f"({self.scalar(depth - 1)} + {self.scalar(depth - 1)})",
                         f"-{self.scalar(depth - 1)}")

    def matrix(self, depth):
        if depth > 0 and self.rng.random() < 0.25:
            return f"({self.vector(depth - 1)})[{self.duration()}:{self.pick('', '30s', '1m', '45s')}]{self.shift()}"
        return f"{self.matchers()}[{self.duration()}]{self.shift()}"

    def matching(self, op):
        text = ""
        if op in COMPARISONS and self.rng.random() < 0.4:
            text += " bool"
        match = self.pick("", " on (bar)", " ignoring (kind)", " on (kind, bar)", " ignoring (le)", " on ()")
        if match and op not in ("and", "or", "unless") and self.rng.random() < 0.5:
            match += self.pick(" group_left ()", " group_right ()", " group_left (kind)")
        return text + match

    def binary(self, depth):
        if self.rng.random() < 0.35:
            op = self.pick(*ARITHMETIC, *COMPARISONS)
            sides = [f"({self.vector(depth - 1)})", self.scalar(depth - 1)]
            self.rng.shuffle(sides)
            bool_text = " bool" if op in COMPARISONS and self.rng.random() < 0.4 else ""
            return f"{sides[0]} {op}{bool_text} {sides[1]}"
        # Remainders of two computed values jump where the last digit differs.
        op = self.pick(*(op for op in ARITHMETIC if op != "%"), *COMPARISONS, "and", "or", "unless")
        left = self.vector(depth - 1)
        right = left if self.rng.random() < 0.2 else self.vector(depth - 1)
        return f"({left}) {op}{self.matching(op)} ({right})"

    def aggregate(self, depth):
        inner, group = self.vector(depth - 1), self.grouping()
        if self.rng.random() < 0.75:
            return f"{self.pick(*SUMS)}{group} ({inner})"
        # Of equal values Prometheus keeps whichever its heap holds: these have none.
        distinct = self.pick("level", 'level{kind="oat"} + 1', "deriv(level[5m])", "native", "avg_over_time(level[3m])")
        return self.pick(f"topk{group} ({self.pick('1', '2', '0')}, {distinct})", f"bottomk{group} (2, {distinct})",
                         f"quantile{group} ({self.pick('0.5', '0.9', '0', '1.2')}, {inner})",
                         f'count_values{group} ("v", {inner})')

    def call(self, depth):
        kind = self.rng.random()
        if kind < 0.5:
            return f"{self.pick(*RANGE)}({self.matrix(depth)})"
        if kind < 0.7:
            return f"{self.pick(*PLAIN)}({self.vector(depth - 1)})"
        vector = self.vector(depth - 1)
        return self.pick(
            f"histogram_quantile({self.pick('0.5', '0.9', '0.1', '1', '2')}, {self.pick(vector, self.buckets())})",
            f"histogram_fraction(0.1, {self.pick('1', '0.7', '5')}, {self.pick(vector, self.buckets())})",
            f"quantile_over_time({self.pick('0.5', '0.25', '-1')}, {self.matrix(depth)})",
            f"predict_linear({self.matrix(depth)}, {self.pick('60', '-30', '3600')})",
            f"double_exponential_smoothing({self.matrix(depth)}, 0.5, 0.1)",
            f"round({vector}, {self.pick('0.5', '3')})", f"clamp({vector}, {self.scalar(0)}, {self.scalar(0)})",
            f"clamp_min({vector}, {self.scalar(0)})", f"absent({vector})", f"absent_over_time({self.matrix(depth)})",
            f'label_replace({vector}, "bar", "x$1", "kind", "(o.*)")', f'label_join({vector}, "j", "-", "kind", "bar")',
            f"vector({self.scalar(depth - 1)})", f"-({vector})")

    def buckets(self):
        return self.pick("wait_bucket", "rate(wait_bucket[5m])", "sum by (le) (rate(wait_bucket[2m]))", "rate(native[5m])",
                         "sum(native)", "custom", "rate(custom[3m])")

    def vector(self, depth):
        if depth <= 0 or self.rng.random() < 0.15:
            return self.matchers() + self.shift()
        return self.pick(self.call, self.call, self.aggregate, self.binary)(depth)
