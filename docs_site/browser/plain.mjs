// Opens pages in Chromium without JavaScript, and prints what a reader then lacks, as JSON.
// Standard input: {"chromium": PATH, "origin": "http://localhost:1234/", "pages": ["", "en/emr/"]}
import { text } from "node:stream/consumers";
import { chromium as browsers } from "playwright-core";

const WIDTHS = { desktop: 1280, phone: 390 };
const LEAST_LETTERS = 200;

const { chromium, origin, pages } = JSON.parse(await text(process.stdin));
const browser = await browsers.launch({ executablePath: chromium, chromiumSandbox: false });
const problems = [];

async function problemsOf(page, view) {
  const found = [];
  const content = page.locator("article.md-content__inner");
  if ((await content.innerText({ timeout: 5000 }).catch(() => "")).length < LEAST_LETTERS) found.push("shows no content");
  // Behind the button at the top left, which is a label of a check box.
  if (view === "phone") await page.locator("label.md-header__button[for='__drawer']").click({ timeout: 5000 });
  const navigation = page.locator(view === "phone" ? ".md-nav--primary a:visible" : ".md-tabs a:visible");
  if (!(await navigation.count())) found.push("shows no navigation");
  if (view === "phone") return found;
  await page.locator(".md-select button").hover({ timeout: 5000 });
  const languages = page.locator(".md-select a[hreflang]");
  for (const link of await languages.all())
    if (!(await link.isVisible())) found.push(`does not show the language ${await link.getAttribute("hreflang")}`);
  if (!(await languages.count())) found.push("has no other language");
  return found;
}

for (const [view, width] of Object.entries(WIDTHS)) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 900 } });
  const page = await context.newPage();
  for (const path of pages) {
    await page.goto(origin + path);
    const found = await problemsOf(page, view).catch((error) => [error.message.split("\n")[0]]);
    problems.push(...found.map((problem) => ({ page: path, view, problem })));
  }
  await context.close();
}
await browser.close();
console.log(JSON.stringify(problems));
