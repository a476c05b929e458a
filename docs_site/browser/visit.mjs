// Opens pages in Chromium, and prints what axe finds on them, requests to other hosts and errors of scripts, as JSON.
// Standard input: {"chromium": PATH, "origin": "http://localhost:1234/", "pages": ["", "en/emr/"]}
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { chromium as browsers } from "playwright-core";

// https://github.com/dequelabs/axe-core/blob/develop/doc/API.md#axe-core-tags
// Only violations: without this, axe also describes each element in which it finds nothing.
const RESULTS = { resultTypes: ["violations"] };
const WCAG = { ...RESULTS, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
// Each page reads the index of the search, which takes a fifth of the time; search.mjs tries the search.
const EMPTY_INDEX = { config: { lang: ["en"], separator: " ", pipeline: [], fields: {} }, docs: [] };
// Only colours differ between light and dark, and only the layout between the sizes.
const VIEWS = {
  light: { colorScheme: "light", width: 1280, rules: WCAG },
  dark: { colorScheme: "dark", width: 1280, rules: { ...RESULTS, runOnly: { type: "rule", values: ["color-contrast"] } } },
  phone: { colorScheme: "light", width: 390, rules: { ...WCAG, rules: { "color-contrast": { enabled: false } } } },
};

const { chromium, origin, pages } = JSON.parse(await text(process.stdin));
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await browsers.launch({ executablePath: chromium, chromiumSandbox: false });
const problems = [];

async function visit(view) {
  // Without animations, so that axe sees the colours that a reader sees.
  const { colorScheme, width, rules } = VIEWS[view];
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.route("**/search/search_index.json", (route) => route.fulfill({ json: EMPTY_INDEX }));
  let path;
  const report = (problem) => problems.push({ page: path, view, problem });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("data:") && !url.startsWith("blob:")) report(`requests ${url}`);
  });
  page.on("pageerror", (error) => report(`script error: ${error.message}`));
  for (path of pages) {
    await page.goto(origin + path);
    await page.evaluate(axe);
    const { violations } = await page.evaluate((options) => globalThis.axe.run(options), rules);
    for (const { id, help, nodes } of violations)
      for (const { target } of nodes) report(`${id}: ${help} (${target.join(" ")})`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) report(`is ${overflow} pixels wider than the window`);
  }
  await context.close();
}

await Promise.all(Object.keys(VIEWS).map(visit));
await browser.close();
console.log(JSON.stringify(problems));
