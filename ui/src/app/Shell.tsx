// SPDX-License-Identifier: Apache-2.0
import { Activity, ChartNoAxesColumn, Keyboard, ListTree, Moon, Send, Sun } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useStatus } from "~/api/hooks";
import { useShortcuts } from "~/widgets/shortcuts";
import { chooseTheme, useTheme } from "~/widgets/theme";
import { Link, usePath } from "~/widgets/url";
import { Boundary } from "./Boundary";
import { Help } from "./Help";

const kViews = [
  { href: "/explore", text: "Explore", icon: <ListTree size={19} />, owns: /^\/($|explore|compare|trace\/)/ },
  { href: "/drilldown", text: "Drilldown", icon: <ChartNoAxesColumn size={19} />, owns: /^\/drilldown/ },
  { href: "/status", text: "Status", icon: <Activity size={19} />, owns: /^\/status/ },
  { href: "/start", text: "Send data", icon: <Send size={19} />, owns: /^\/start/ },
] as const;

function Logo(): ReactNode {
  return (
    <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden className="logo">
      <circle cx="16" cy="16" r="4" className="sun" />
      <circle cx="16" cy="16" r="10" className="orbit" />
      <circle cx="24.6" cy="10.9" r="2.8" className="planet" />
    </svg>
  );
}

function Navigation({ onHelp }: { readonly onHelp: () => void }): ReactNode {
  const path = usePath();
  const theme = useTheme();
  const status = useStatus(false);
  return (
    <nav className="nav" aria-label="Views">
      <Link href="/" className="brand" aria-label="Orrery, front page"><Logo /></Link>
      {kViews.map((view) => (
        <Link key={view.href} href={view.href} className="nav-item" aria-current={view.owns.test(path) ? "page" : undefined}>
          {view.icon}<span>{view.text}</span>
        </Link>
      ))}
      <span className="grow" />
      <button type="button" className="nav-item" onClick={onHelp}><Keyboard size={19} /><span>Keys</span></button>
      <button type="button" className="nav-item" aria-label={theme === "dark" ? "Use the light theme" : "Use the dark theme"}
        onClick={() => chooseTheme(theme === "dark" ? "light" : "dark")}>
        {theme === "dark" ? <Sun size={19} /> : <Moon size={19} />}<span>{theme === "dark" ? "Light" : "Dark"}</span>
      </button>
      {status.data !== undefined && status.data.version !== "" && <small title="Version of the server">{status.data.version}</small>}
    </nav>
  );
}

export function Shell({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  const [help, setHelp] = useState(false);
  const path = usePath();
  useEffect(() => {
    document.title = `${title} · Orrery`;
  }, [title]);
  useShortcuts([{ key: "?", run: () => setHelp(true) }]);
  return (
    <div className="shell">
      <Navigation onHelp={() => setHelp(true)} />
      <main><Boundary key={path}>{children}</Boundary></main>
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}
