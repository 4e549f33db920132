// SPDX-License-Identifier: Apache-2.0
// Chromium with a fresh profile, and a page whose console errors fail the test.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./stack.mjs";

const { chromium } = createRequire(join(root, "ui/package.json"))("playwright-core");

const shots = process.env.ORRERY_SCREENSHOTS ?? join(root, "build/screenshots");
const images = join(root, "docs/images");
const updatesImages = process.env.ORRERY_UPDATE_IMAGES === "1";

export const large = { width: 1440, height: 900 };
export const small = { width: 1024, height: 700 };

export class Browser {
  errors = [];

  static async open() {
    const self = new Browser();
    self.dir = mkdtempSync(join(tmpdir(), "orrery-chromium-"));
    self.context = await chromium.launchPersistentContext(self.dir, {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      headless: false,  // The flag below chooses the new headless mode; this one would add the old.
      args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"],
      viewport: large,
      colorScheme: "dark",
      timezoneId: "UTC",
      acceptDownloads: true,
    });
    self.context.setDefaultTimeout(15_000);
    self.page = self.context.pages()[0] ?? (await self.context.newPage());
    // Violations of the content security policy arrive here too.
    self.page.on("console", (message) => {
      if (message.type() === "error") self.errors.push(message.text());
    });
    self.page.on("pageerror", (error) => self.errors.push(String(error)));
    return self;
  }

  // What went wrong since the last call; `expected` is left out.
  takeErrors(expected = /^$/) {
    const found = this.errors.filter((text) => !expected.test(text));
    this.errors = [];
    return found;
  }

  async shot(name) {
    mkdirSync(shots, { recursive: true });
    // Tooltips and hovered rows are not part of the view.
    await this.page.mouse.move(0, 0);
    await this.page.evaluate(() => document.fonts.ready);
    await this.page.screenshot({ path: join(shots, `${name}.png`) });
  }

  // A picture that the documentation shows.
  async image(name) {
    await this.shot(name);
    if (!updatesImages) return;
    mkdirSync(images, { recursive: true });
    await this.page.screenshot({ path: join(images, `${name}.png`) });
  }

  async close() {
    await this.context.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
