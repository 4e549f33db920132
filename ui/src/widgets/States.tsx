// SPDX-License-Identifier: Apache-2.0
// What a view shows instead of data: why it is empty, what went wrong, that it is working.
import { CircleAlert, SearchX } from "lucide-react";
import type { ReactNode } from "react";

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="state" role="status">
      <SearchX size={28} strokeWidth={1.5} aria-hidden />
      <h3>{title}</h3>
      {children !== undefined && <div className="state-more">{children}</div>}
    </div>
  );
}

export function Failure({ title, error, children }: {
  readonly title: string;
  readonly error: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className="state failure" role="alert">
      <CircleAlert size={28} strokeWidth={1.5} aria-hidden />
      <h3>{title}</h3>
      <p>{error}</p>
      {children !== undefined && <div className="state-more">{children}</div>}
    </div>
  );
}

// Thin moving line at the top of what is being loaded.
export function Progress({ label }: { readonly label: string }): ReactNode {
  return <div className="progress" role="progressbar" aria-label={label} />;
}

export function Skeleton({ rows }: { readonly rows: number }): ReactNode {
  return (
    <div className="skeleton" aria-hidden>
      {Array.from({ length: rows }, (_, i) => <div key={i} />)}
    </div>
  );
}
