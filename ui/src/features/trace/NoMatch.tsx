// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import { Button } from "~/widgets/Button";
import { Empty } from "~/widgets/States";
import { setParams } from "~/widgets/url";
import { kNoFilter } from "./model/filter";
import { filterParams } from "./model/state";

export const clearFilter = (): void => setParams({ ...filterParams(kNoFilter), only: undefined }, "replace");

export function NoMatch(): ReactNode {
  return <Empty title="No span matches"><Button onClick={clearFilter}>Show all spans</Button></Empty>;
}
