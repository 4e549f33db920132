// SPDX-License-Identifier: Apache-2.0
// The tokens of a trace. A span counts only when no span below it tells tokens: agents and wrappers repeat those of their calls.
import { readCost, readUsage, totalTokens } from "~/api/genai";
import type { TraceTree } from "./tree";

export interface LlmTotals {
  readonly calls: number;
  readonly input: number;
  readonly output: number;
  // Undefined when no call tells a cost.
  readonly cost: number | undefined;
}

// Rows from the last to the first, a slice at a time, so that a page can draw in between. Undefined until all are read.
export class LlmCounter {
  #row: number;
  #calls = 0;
  #input = 0;
  #output = 0;
  #cost: number | undefined;
  // Rows below which tokens were counted.
  readonly #counted: Uint8Array;

  constructor(private readonly tree: TraceTree) {
    this.#row = tree.spans.length - 1;
    this.#counted = new Uint8Array(tree.spans.length);
  }

  step(rows: number): LlmTotals | undefined {
    const until = Math.max(0, this.#row - rows + 1);
    for (; this.#row >= until; this.#row -= 1) this.#read(this.#row);
    if (this.#row >= 0) return undefined;
    return { calls: this.#calls, input: this.#input, output: this.#output, cost: this.#cost };
  }

  #read(row: number): void {
    const span = this.tree.spans[row];
    const parent = this.tree.parent[row] ?? -1;
    let told = this.#counted[row] === 1;
    const usage = told || span === undefined ? undefined : readUsage(span);
    if (usage !== undefined && span !== undefined) {
      told = true;
      const whole = totalTokens(usage) ?? 0;
      this.#calls += 1;
      this.#output += usage.output ?? 0;
      this.#input += usage.input ?? whole - (usage.output ?? 0);
      const cost = readCost(span);
      if (cost !== undefined) this.#cost = (this.#cost ?? 0) + cost;
    }
    if (told && parent >= 0) this.#counted[parent] = 1;
  }
}
