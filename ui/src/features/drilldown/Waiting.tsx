// SPDX-License-Identifier: Apache-2.0
// What stands in place of an answer: how far it is, what went wrong, why there is nothing.
import type { ReactNode } from "react";
import { formatPercent } from "~/base/units";
import { Button } from "~/widgets/Button";
import { Failure, Progress } from "~/widgets/States";

interface Asked {
  readonly isFetching: boolean;
  readonly error: Error | null;
  readonly progress?: number | undefined;
  readonly refetch: () => unknown;
}

// A thin line while something is on its way; a share once the server tells one.
export function Loading({ of, label }: { readonly of: Asked; readonly label: string }): ReactNode {
  if (!of.isFetching) return undefined;
  return (
    <>
      <Progress label={label} />
      {of.progress !== undefined && of.progress < 1 && <small className="share">{formatPercent(of.progress)} searched</small>}
    </>
  );
}

export function Problem({ of, title }: { readonly of: Asked; readonly title: string }): ReactNode {
  return (
    <Failure title={title} error={of.error?.message ?? ""}>
      <Button onClick={() => void of.refetch()}>Try again</Button>
    </Failure>
  );
}
