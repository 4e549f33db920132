// SPDX-License-Identifier: Apache-2.0
// CodeMirror with TraceQL. Loaded lazily: it is a third of the page's code and only the text mode needs it.
import { closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useRef, type ReactNode } from "react";
import { traceql, type Vocabulary } from "./traceql";

export interface EditorFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface EditorProps {
  readonly text: string;
  readonly vocabulary: Vocabulary;
  readonly fault: EditorFault | undefined;
  readonly onChange: (text: string) => void;
  readonly onRun: (text: string) => void;
}

const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";

function markFault(view: EditorView, fault: EditorFault | undefined): void {
  const doc = view.state.doc;
  if (fault === undefined || fault.line < 1 || fault.line > doc.lines) {
    view.dispatch(setDiagnostics(view.state, []));
    return;
  }
  const line = doc.line(fault.line);
  const from = Math.min(line.from + Math.max(0, fault.column - 1), line.to);
  const word = /^[\w.:-]+/.exec(doc.sliceString(from, line.to))?.[0].length ?? 1;
  const to = Math.min(from + word, line.to);
  view.dispatch(
    setDiagnostics(view.state, [{ from: Math.min(from, Math.max(line.from, to - 1)), to, severity: "error", message: fault.message }]),
  );
}

export default function CodeEditor({ text, vocabulary, fault, onChange, onRun }: EditorProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const handlers = useRef({ onChange, onRun, vocabulary });
  useEffect(() => {
    handlers.current = { onChange, onRun, vocabulary };
  });

  useEffect(() => {
    const parent = host.current;
    if (parent === null) return undefined;
    const run = (v: EditorView): boolean => {
      handlers.current.onRun(v.state.doc.toString());
      return true;
    };
    const words: Vocabulary = {
      fields: () => handlers.current.vocabulary.fields(),
      values: (field) => handlers.current.vocabulary.values(field),
    };
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          Prec.highest(keymap.of([{ key: "Mod-Enter", run }, { key: "Shift-Enter", run }])),
          history(),
          closeBrackets(),
          bracketMatching(),
          traceql(words),
          keymap.of([...completionKeymap, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap,
            { key: "Ctrl-Space", run: startCompletion }]),
          placeholder('{ resource.service.name = "server-api" && status = error }'),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": "TraceQL query" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) handlers.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
    // The editor owns its text after this; changes from outside come through the next effect.
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    if (view.current !== undefined) markFault(view.current, fault);
  }, [fault]);

  return <div ref={host} className="code-editor" data-query-focus />;
}
