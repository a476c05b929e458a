// Takes the pictures of a report: standard input {"chromium": PATH, "report": PATH, "folder": PATH, "schemes": [...]}.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

// Installed with the browser of the site's tests.
const { chromium: browsers } = createRequire(new URL("../browser/package.json", import.meta.url))("playwright-core");
const { chromium, report, folder, schemes } = JSON.parse(await text(process.stdin));
const WIDTH = 1100; // pixels, as all lengths
const SCALE = 1.5;
// From the top of the first element to the bottom of the last one.
const PICTURES = {
  pipeline: ["body", "section[aria-labelledby='pipeline']"],
  results: ["section[aria-labelledby='metrics']", "section[aria-labelledby='real']"],
};

async function capture(page, [first, last]) {
  const [top, bottom] = await Promise.all([first, last].map((selector) => page.locator(selector).boundingBox()));
  const clip = { x: 0, y: top.y, width: WIDTH, height: bottom.y + bottom.height - top.y, scale: SCALE };
  const session = await page.context().newCDPSession(page);
  const options = { format: "webp", quality: 80, clip, captureBeyondViewport: true };
  const { data } = await session.send("Page.captureScreenshot", options);
  return Buffer.from(data, "base64");
}

const browser = await browsers.launch({ executablePath: chromium, chromiumSandbox: false });
try {
  for (const colorScheme of schemes) {
    const page = await browser.newPage({ colorScheme, viewport: { width: WIDTH, height: 900 } });
    page.setDefaultTimeout(10_000); // milliseconds; a section that is missing never comes
    await page.goto(pathToFileURL(report).href);
    for (const [name, range] of Object.entries(PICTURES))
      writeFileSync(join(folder, `${name}-${colorScheme}.webp`), await capture(page, range));
  }
} finally {
  await browser.close();
}
console.log("null");
