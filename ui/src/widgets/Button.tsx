// SPDX-License-Identifier: Apache-2.0
import { Check, Copy } from "lucide-react";
import { useEffect, useState, type ButtonHTMLAttributes, type ReactNode } from "react";

type Look = "plain" | "primary" | "quiet";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
  readonly icon?: ReactNode;
}

export function Button({ look = "plain", icon, children, className = "", ...rest }: ButtonProps): ReactNode {
  return (
    <button type="button" className={`button ${look} ${className}`} {...rest}>
      {icon}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children" | "aria-label" | "title"> {
  readonly label: string;
  readonly icon: ReactNode;
}

// The label is read aloud and shown as a tooltip.
export function IconButton({ label, icon, className = "", ...rest }: IconButtonProps): ReactNode {
  return (
    <button type="button" className={`icon-button ${className}`} aria-label={label} title={label} {...rest}>
      {icon}
    </button>
  );
}

// Browsers keep the clipboard from pages that came over plain HTTP from another machine; those get the old way.
async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "off-screen";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

function useCopied(): [boolean, (text: string) => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return [copied, (text) => void copyText(text).then(setCopied)];
}

export function CopyButton({ text, label, children }: {
  readonly text: string | (() => string);
  readonly label: string;
  readonly children?: ReactNode;
}): ReactNode {
  const [copied, copy] = useCopied();
  const icon = copied ? <Check size={14} /> : <Copy size={14} />;
  const run = (): void => copy(typeof text === "string" ? text : text());
  if (children === undefined) {
    return <IconButton className="small" label={copied ? "Copied" : label} icon={icon} onClick={run} />;
  }
  return (
    <Button icon={icon} onClick={run} title={label} aria-label={label}>
      {copied ? "Copied" : children}
    </Button>
  );
}
