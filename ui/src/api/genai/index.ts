// SPDX-License-Identifier: Apache-2.0
export * from "./call";
export { isLlmSpan, readCall, readCost, readUsage } from "./read";
