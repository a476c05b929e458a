// Takes the pictures of one notebook instance:
// node jupyterlab.mjs URL TOKEN START_HERE EXPLORATION FOLDER LANGUAGE CHROMIUM.
import { createRequire } from "node:module";
import { join } from "node:path";
import { writeFileSync } from "node:fs";

// Installed with the browser of the site's tests.
const installed = createRequire(new URL("../browser/package.json", import.meta.url));
const { chromium: browsers } = installed("playwright-core");

const [url, token, startHere, exploration, folder, language, chromium] = process.argv.slice(2);
const THEMES = { light: "JupyterLab Light", dark: "JupyterLab Dark" };
const WAIT = { timeout: 180_000 };

async function open(page, path) {
  await page.goto(`${url}/lab/tree/${encodeURIComponent(path).replaceAll("%2F", "/")}?token=${token}&reset`);
  await page.waitForSelector(".jp-RenderedMarkdown h1", WAIT);
  await idle(page);
}

// A kernel that has just started is idle before JupyterLab shows its name.
async function idle(page) {
  await page.waitForFunction(() => {
    const name = document.querySelector(".jp-KernelName, .jp-Toolbar-kernelName");
    const state = document.querySelector(".jp-Notebook-ExecutionIndicator");
    return name && !name.textContent.includes("No Kernel") && state?.dataset.status === "idle";
  }, null, WAIT);
}

async function widenFileBrowser(page) {
  const handle = await page.locator("#jp-main-split-panel > .lm-SplitPanel-handle").first().boundingBox();
  const y = handle.y + handle.height / 2;
  await page.mouse.move(handle.x + 1, y);
  await page.mouse.down();
  await page.mouse.move(handle.x + 80, y, { steps: 5 });
  await page.mouse.up();
}

const execute = (page, command, options) =>
  page.evaluate(([id, given]) => window.jupyterapp.commands.execute(id, given).then(() => null), [command, options]);

async function capture(page, name) {
  const session = await page.context().newCDPSession(page);
  for (const [theme, title] of Object.entries(THEMES)) {
    await execute(page, "apputils:change-theme", { theme: title });
    await page.waitForFunction((dark) => document.body.dataset.jpThemeLight === String(!dark), theme === "dark", WAIT);
    await page.mouse.move(5, 5);
    await page.waitForTimeout(1500);
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 75 });
    writeFileSync(join(folder, `${name}-${language}-${theme}.webp`), Buffer.from(data, "base64"));
  }
}

// Without WebGL, which draws terminals where screenshots do not see them, and with real pixels instead of emulated ones,
// for which terminals choose a wrong size.
const browser = await browsers.launch({
  executablePath: chromium,
  chromiumSandbox: false,
  args: ["--disable-3d-apis", "--force-device-scale-factor=2", "--window-size=1200,860"],
});
try {
  const context = await browser.newContext({ viewport: null });
  const page = await context.newPage();
  await open(page, startHere);
  await page.locator(".Toastify").getByText("No", { exact: true }).click(WAIT);
  await widenFileBrowser(page);
  await capture(page, "start-here");

  await open(page, exploration);
  await widenFileBrowser(page);
  await execute(page, "notebook:run-all-cells");
  await page.waitForSelector(".jp-OutputArea-output img", WAIT);
  await idle(page);
  await page.evaluate(async () => {
    const { commands, shell } = window.jupyterapp;
    const terminal = await commands.execute("terminal:create-new");
    shell.add(terminal, "main", { mode: "split-bottom" });
  });
  // The terminal is drawn on a canvas, so its prompt cannot be awaited.
  await page.waitForTimeout(5000);
  await page.click(".xterm-screen");
  await page.keyboard.type("cat ~/SageMaker/mlproject-status.txt\n");
  await page.waitForTimeout(1000);
  await page.evaluate(() => document.querySelector(".jp-OutputArea-output img").scrollIntoView({ block: "center" }));
  await capture(page, "exploration");
} finally {
  await browser.close();
}
