// SPDX-License-Identifier: Apache-2.0
import { lazy, Suspense, type ReactNode } from "react";
import type { EditorProps } from "./CodeEditor";

const CodeEditor = lazy(() => import("./CodeEditor"));

export function QueryEditor(props: EditorProps): ReactNode {
  return (
    <Suspense fallback={<div className="code-editor loading">{props.text}</div>}>
      <CodeEditor {...props} />
    </Suspense>
  );
}
