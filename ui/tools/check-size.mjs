// SPDX-License-Identifier: Apache-2.0
// Fails when the first load of the page grows past its promise: 300 kB compressed with gzip, fonts included.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const limit = 300_000;
const out = process.env.ORRERY_UI_OUT ?? "dist";
const html = readFileSync(join(out, "index.html"), "utf8");

const first = new Set([...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((m) => m[1]));
// Fonts are asked for by the style sheets that index.html names; only the basic Latin files load on an English page.
for (const file of readdirSync(join(out, "assets"))) {
  if (/latin-wght.*\.woff2$/.test(file)) first.add(`assets/${file}`);
}

let total = gzipSync(html).length;
for (const file of first) {
  const path = join(out, file);
  if (!existsSync(path)) throw new Error(`index.html names ${file}, which the build did not write`);
  const wire = existsSync(`${path}.gz`) ? statSync(`${path}.gz`).size : statSync(path).size;
  console.log(`${String(wire).padStart(8)}  ${file}`);
  total += wire;
}
console.log(`${String(total).padStart(8)}  first load, of ${limit} allowed`);
if (total > limit) {
  console.error(`first load is ${total - limit} bytes over the limit; load the new part lazily`);
  process.exit(1);
}
