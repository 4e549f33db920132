// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { arrival, kRunningMs } from "./arrival";
import { traceOf } from "./testTrace";
import { buildTree } from "./tree";

const endMs = (tree: ReturnType<typeof buildTree>): number => Number(tree.originNs / 1_000_000n) + tree.totalNs / 1e6;

it("tells whole, running, rootless traces and those with gaps apart", () => {
  const whole = buildTree(traceOf("  root 0 9\n    a 1 2"));
  expect(arrival(whole, endMs(whole))).toEqual({ state: "whole" });
  const gaps = buildTree(traceOf("  root 0 9\n  a 1 2 parent=gone\n  b 1 2 parent=gone"));
  expect(arrival(gaps, endMs(gaps))).toEqual({ state: "gaps", orphans: 2 });
  const open = buildTree(traceOf("  a 1 2 parent=gone"));
  expect(arrival(open, endMs(open) + 5000)).toEqual({ state: "running", sinceMs: 5000 });
  expect(arrival(open, endMs(open) - 5000)).toEqual({ state: "running", sinceMs: 0 });
  expect(arrival(open, endMs(open) + kRunningMs)).toEqual({ state: "rootless" });
});
