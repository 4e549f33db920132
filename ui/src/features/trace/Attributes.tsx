// SPDX-License-Identifier: Apache-2.0
import { ListFilter } from "lucide-react";
import { Fragment, useState, type ReactNode } from "react";
import { valueText, type Attribute, type AttributeValue } from "~/api/trace";
import { encodeFilter, makeFilter } from "~/base/filters";
import { CopyButton } from "~/widgets/Button";
import { Link } from "~/widgets/url";

const kLongText = 600;

// The search for spans with this value; undefined for values that TraceQL can't compare.
export function filterHref(key: string, value: AttributeValue): string | undefined {
  if (value.type === "list" || value.type === "map" || value.type === "bytes" || value.type === "empty") return undefined;
  const filter = makeFilter(key, "=", [valueText(value)], value.type !== "string");
  return `/explore?${new URLSearchParams({ f: encodeFilter(filter) })}`;
}

function ValueText({ value }: { readonly value: AttributeValue }): ReactNode {
  const text = valueText(value);
  const [whole, setWhole] = useState(false);
  const long = text.length > kLongText;
  return (
    <span className={`value-text ${value.type}`}>
      {long && !whole ? `${text.slice(0, kLongText)}…` : text}
      {long && (
        <button type="button" className="text-button" onClick={() => setWhole(!whole)}>
          {whole ? "show less" : `show all ${text.length} characters`}
        </button>
      )}
    </span>
  );
}

// A long name breaks behind its dots and underscores.
function Key({ name }: { readonly name: string }): ReactNode {
  return name.split(/(?<=[._])/).map((part, i) => <Fragment key={i}>{i > 0 && <wbr />}{part}</Fragment>);
}

export function Attributes({ attributes, scope }: {
  readonly attributes: readonly Attribute[];
  // The TraceQL scope; without it there is nothing to filter on.
  readonly scope: "span" | "resource" | "event" | "link" | undefined;
}): ReactNode {
  return (
    <dl className="attributes">
      {attributes.map(({ key, value }, i) => {
        const href = scope === undefined ? undefined : filterHref(`${scope}.${key}`, value);
        return (
          <div key={`${i} ${key}`} className="attribute">
            <dt title={key}><Key name={key} /></dt>
            <dd>
              <ValueText value={value} />
              <span className="actions">
                {href !== undefined && (
                  <Link className="icon-button small" href={href} aria-label={`Search for ${key} with this value`} title="Search for spans with this value">
                    <ListFilter size={14} />
                  </Link>
                )}
                <CopyButton text={valueText(value)} label={`Copy the value of ${key}`} />
              </span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
