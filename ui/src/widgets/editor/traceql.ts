// SPDX-License-Identifier: Apache-2.0
import { parser } from "@grafana/lezer-traceql";
import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { HighlightStyle, LanguageSupport, LRLanguage, syntaxHighlighting } from "@codemirror/language";
import { styleTags, tags as t } from "@lezer/highlight";
import { placeAt } from "./context";

// Where completion gets its words; the caller asks the store.
export interface Vocabulary {
  readonly fields: () => Promise<readonly string[]>;
  readonly values: (field: string) => Promise<readonly { readonly type: string; readonly value: string }[]>;
}

const language = LRLanguage.define({
  name: "traceql",
  parser: parser.configure({
    props: [
      styleTags({
        "LineComment BlockComment": t.comment,
        "Parent Resource Span Event Link Instrumentation Identifier": t.propertyName,
        "AttributeField": t.propertyName,
        "IntrinsicField": t.keyword,
        "String": t.string,
        "Integer Float Duration": t.number,
        "Static": t.literal,
        "Aggregate AggregateExpression GroupOperation SelectOperation CoalesceOperation MetricsOperation": t.function(t.name),
        "And Or Gt Lt Desc Anc Pipe FieldOp ComparisonOp ScalarOp": t.operator,
      }),
    ],
  }),
  languageData: { closeBrackets: { brackets: ["{", "(", '"', "`"] } },
});

const highlight = HighlightStyle.define([
  { tag: t.comment, class: "ql-comment" },
  { tag: t.propertyName, class: "ql-field" },
  { tag: t.keyword, class: "ql-intrinsic" },
  { tag: t.string, class: "ql-string" },
  { tag: t.number, class: "ql-number" },
  { tag: t.literal, class: "ql-literal" },
  { tag: t.function(t.name), class: "ql-function" },
  { tag: t.operator, class: "ql-operator" },
]);

const kIntrinsics = [
  "name", "status", "statusMessage", "kind", "duration", "traceDuration", "rootName", "rootServiceName", "trace:id", "span:id",
  "span:childCount", "event:name", "link:traceID", "instrumentation:name",
];
const kScopes = ["span.", "resource.", "event.", "link.", "instrumentation."];
const kStages = [
  "count()", "avg(duration)", "max(duration)", "min(duration)", "sum(duration)", "by(resource.service.name)", "select(status)",
  "coalesce()",
];

const isBare = (type: string): boolean => type !== "string";

async function valueOptions(vocabulary: Vocabulary, field: string, quoted: boolean): Promise<Completion[]> {
  const values = await vocabulary.values(field);
  return values
    .filter((v) => !quoted || !isBare(v.type))
    .map((v) => {
      const text = JSON.stringify(v.value);
      return {
        label: v.value,
        type: "constant",
        apply: isBare(v.type) ? v.value : quoted ? text.slice(1, -1) : text,
      };
    });
}

function source(vocabulary: Vocabulary) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const place = placeAt(context.state.doc.sliceString(0, context.pos));
    if (place.kind === "none") return null;
    if (place.kind === "start") {
      return context.explicit ? { from: place.from, options: [{ label: "{ }", apply: "{  }" }] } : null;
    }
    if (place.kind === "stage") {
      return { from: place.from, options: kStages.map((label) => ({ label, type: "function" })) };
    }
    if (place.kind === "value") {
      return { from: place.from, options: await valueOptions(vocabulary, place.field, place.quoted) };
    }
    const fields = await vocabulary.fields();
    const options: Completion[] = [
      ...fields.map((label) => ({ label, type: "property" })),
      ...kIntrinsics.map((label) => ({ label, type: "keyword", boost: 1 })),
      ...kScopes.map((label) => ({ label, type: "namespace", boost: -1 })),
    ];
    return { from: place.from, options, validFor: /^[\w.:/-]*$/ };
  };
}

export function traceql(vocabulary: Vocabulary): LanguageSupport {
  return new LanguageSupport(language, [
    syntaxHighlighting(highlight),
    autocompletion({ override: [source(vocabulary)], icons: false, activateOnTyping: true }),
  ]);
}
