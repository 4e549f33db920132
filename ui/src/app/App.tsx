// SPDX-License-Identifier: Apache-2.0
import { lazy, Suspense, type ReactNode } from "react";
import { useStatus } from "~/api/hooks";
import { Explore } from "~/features/explore/Explore";
import { Start } from "~/features/start/Start";
import { TraceView } from "~/features/trace/TraceView";
import { Button } from "~/widgets/Button";
import { Empty, Failure, Progress } from "~/widgets/States";
import { Link, usePath } from "~/widgets/url";
import { Shell } from "./Shell";

const Status = lazy(() => import("~/features/status/Status"));
const Compare = lazy(() => import("~/features/compare/Compare"));
const Drilldown = lazy(() => import("~/features/drilldown/Drilldown"));

const whenLoaded = (view: ReactNode): ReactNode => <Suspense fallback={<Progress label="Loading the view" />}>{view}</Suspense>;

// The front page is the explorer once something is stored, and before that a page that says how to send.
function Front(): ReactNode {
  const status = useStatus(false);
  if (status.isPending) return <Progress label="Asking the server" />;
  if (status.isError) {
    return (
      <Failure title="The server does not answer" error={status.error.message}>
        <Button onClick={() => void status.refetch()}>Try again</Button>
      </Failure>
    );
  }
  return status.data.storedSpans === 0n ? <Start empty /> : <Explore />;
}

function route(path: string): { readonly title: string; readonly view: ReactNode } {
  if (path === "/" || path === "/explore") return { title: "Explore", view: <Front /> };
  if (path === "/start") return { title: "Send data", view: <Start empty={false} /> };
  if (path === "/drilldown") return { title: "Drilldown", view: whenLoaded(<Drilldown />) };
  if (path === "/compare") return { title: "Compare traces", view: whenLoaded(<Compare />) };
  if (path === "/status") return { title: "Status", view: whenLoaded(<Status />) };
  const trace = /^\/trace\/([0-9a-fA-F]{1,32}|imported)$/.exec(path)?.[1];
  if (trace !== undefined) return { title: `Trace ${trace.slice(0, 12)}`, view: <TraceView key={trace} id={trace} /> };
  if (path.startsWith("/trace/")) {
    return {
      title: "Not found",
      view: (
        <Empty title="That is no trace ID">
          <p>A trace ID has 1 to 32 hexadecimal digits.</p>
          <Link className="button" href="/explore">Explore traces</Link>
        </Empty>
      ),
    };
  }
  return {
    title: "Not found",
    view: (
      <Empty title="There is no such page">
        <Link className="button" href="/explore">Explore traces</Link>
      </Empty>
    ),
  };
}

export function App(): ReactNode {
  const { title, view } = route(usePath());
  return <Shell title={title}>{view}</Shell>;
}
