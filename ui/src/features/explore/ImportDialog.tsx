// SPDX-License-Identifier: Apache-2.0
import { Upload } from "lucide-react";
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { importTrace } from "~/api/imported";
import { Button } from "~/widgets/Button";
import { Dialog } from "~/widgets/Dialog";
import { go } from "~/widgets/url";

export function ImportDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const file = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const open = (json: string): void => {
    try {
      const trace = importTrace(json);
      if (trace.spans.length === 0) {
        setProblem("This JSON holds no spans.");
        return;
      }
      onClose();
      go("/trace/imported");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const read = (chosen: File | undefined): void => {
    if (chosen !== undefined) void chosen.text().then(open, (error: unknown) => setProblem(String(error)));
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  };
  return (
    <Dialog title="Import a trace" onClose={onClose}>
      <p>Opens OTLP JSON or a trace saved from Tempo, Grafana or this page. Nothing is sent to the server.</p>
      <div className="drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <Button icon={<Upload size={15} />} onClick={() => file.current?.click()}>Choose a file</Button>
        <span>or drop it here</span>
        <input ref={file} type="file" accept=".json,application/json" hidden onChange={(event) => read(event.target.files?.[0])} />
      </div>
      <label className="stacked">
        Or paste it
        <textarea rows={6} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      {problem !== undefined && <p className="problem" role="alert">{problem}</p>}
      <footer>
        <Button look="primary" disabled={text.trim() === ""} onClick={() => open(text)}>Open</Button>
      </footer>
    </Dialog>
  );
}
