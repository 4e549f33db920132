// SPDX-License-Identifier: Apache-2.0
import { Bookmark, Trash2 } from "lucide-react";
import { useState, type FormEvent, type ReactNode } from "react";
import { Button, IconButton } from "~/widgets/Button";
import { Popover } from "~/widgets/Popover";
import { setParams } from "~/widgets/url";
import { forgetQuery, recentQueries, savedQueries, saveQuery } from "./model/saved";

function Panel({ query, onDone }: { readonly query: string; readonly onDone: () => void }): ReactNode {
  const [saved, setSaved] = useState(savedQueries);
  const [name, setName] = useState("");
  const recent = recentQueries();
  const open = (q: string): void => {
    setParams({ mode: "traceql", q, f: undefined });
    onDone();
  };
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === "") return;
    setSaved(saveQuery({ name: name.trim(), q: query }));
    setName("");
  };
  return (
    <div className="saved-queries">
      <form onSubmit={save}>
        <input aria-label="Name for this query" placeholder="Name for this query" value={name} onChange={(event) => setName(event.target.value)} />
        <Button look="primary" type="submit" disabled={name.trim() === ""}>Save</Button>
      </form>
      <code className="cut" title={query}>{query}</code>
      <h3>Saved</h3>
      {saved.length === 0 && <p>None yet. What you save stays in this browser.</p>}
      <ul>
        {saved.map((one) => (
          <li key={one.name}>
            <button type="button" className="saved-query" title={one.q} onClick={() => open(one.q)}>
              <b className="cut">{one.name}</b><code className="cut">{one.q}</code>
            </button>
            <IconButton className="small" label={`Forget ${one.name}`} icon={<Trash2 size={14} />} onClick={() => setSaved(forgetQuery(one.name))} />
          </li>
        ))}
      </ul>
      {recent.length > 0 && <h3>Asked lately</h3>}
      <ul>
        {recent.map((q) => (
          <li key={q}><button type="button" className="saved-query" title={q} onClick={() => open(q)}><code className="cut">{q}</code></button></li>
        ))}
      </ul>
    </div>
  );
}

export function SavedQueries({ query }: { readonly query: string }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <span className="anchor">
      <Button icon={<Bookmark size={15} />} aria-expanded={open} onClick={() => setOpen(!open)}>Saved queries</Button>
      {open && <Popover label="Saved queries" align="end" onClose={() => setOpen(false)}><Panel query={query} onDone={() => setOpen(false)} /></Popover>}
    </span>
  );
}
