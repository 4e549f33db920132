// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, type ReactNode } from "react";

interface Props {
  readonly label: string;
  readonly align?: "start" | "end";
  readonly onClose: () => void;
  readonly children: ReactNode;
}

// A panel below its (relative) parent. A click elsewhere or Escape closes it.
export function Popover({ label, align = "start", onClose, children }: Props): ReactNode {
  const panel = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    const onDown = (event: PointerEvent): void => {
      const owner = panel.current?.parentElement;
      if (event.target instanceof Node && owner?.contains(event.target) !== true) close.current();
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      close.current();
      panel.current?.parentElement?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", onDown);
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("pointerdown", onDown);
      document.removeEventListener("keydown", onKey, true);
    };
  }, []);
  return (
    <div ref={panel} className={`popover ${align}`} role="dialog" aria-label={label}>
      {children}
    </div>
  );
}
