// Types a word into the search of a page, and prints the addresses of the results as JSON.
// Standard input: {"chromium": PATH, "origin": "http://localhost:1234/", "words": ["ejecucion"]}
import { text } from "node:stream/consumers";
import { chromium as browsers } from "playwright-core";

const { chromium, origin, words } = JSON.parse(await text(process.stdin));
const browser = await browsers.launch({ executablePath: chromium, chromiumSandbox: false });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
const found = {};
for (const word of words) {
  await page.goto(origin);
  await page.click(".md-search__input");
  await page.fill(".md-search__input", word);
  // The text above the results is empty until the search has answered.
  await page.waitForFunction(() => /\d/.test(document.querySelector(".md-search-result__meta").textContent ?? ""), {
    timeout: 10_000,
  }).catch(() => undefined);
  const links = page.locator(".md-search-result__link");
  found[word] = await links.evaluateAll((all) => all.map((link) => link.pathname));
}
await browser.close();
console.log(JSON.stringify(found));
