/** Chromium as people use it, and what every page must stand: axe, no script error, no sideways scrolling. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { PATIENCE } from "./server.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = fileURLToPath(new URL("../screenshots/", import.meta.url));
export const WIDTHS = [360, 768, 1280];
export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 800 };

function executable() {
  const found = [process.env.PREAU_TEST_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));
  assert.ok(found, "Chromium is installed (script/bootstrap --tests does it)");
  return found;
}

/** One Chromium for a file of journeys, `without` some of the switches that tests usually have. Root needs --no-sandbox; nothing that it opens comes from outside the machine. */
export async function openBrowser(more = [], without = []) {
  const args = [...more, "--autoplay-policy=no-user-gesture-required", "--mute-audio"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  return chromium.launch({ executablePath: executable(), args, ignoreDefaultArgs: without });
}

/**
 * A person's browser: cookies of its own, French, every script error of the application's pages remembered in `errors`, and what is being asked of
 * the record store in `underway`.
 */
export async function openContext(browser, server, { locale = "fr-FR", viewport = DESK, colorScheme = "light", ...rest } = {}) {
  const context = await browser.newContext({ baseURL: server.origin, locale, viewport, colorScheme, timezoneId: "Europe/Paris", ...rest });
  context.setDefaultTimeout(PATIENCE);
  context.errors = [];
  context.underway = new Set();
  context.on("request", (request) => new URL(request.url()).pathname.startsWith("/xapi/") && context.underway.add(request));
  context.on("response", (response) => context.underway.delete(response.request()));
  context.on("requestfailed", (request) => context.underway.delete(request));
  context.on("weberror", (failure) => context.errors.push(failure.error().message));
  return context;
}

/** Signs a person in through the sign-in page. */
export async function signIn(page, person) {
  await page.goto("/sign-in");
  await page.locator('input[name="login"]').fill(person.login);
  await page.locator('input[name="password"]').fill(person.password);
  await page.locator('form[action^="/sign-in"] button[type="submit"], main form button[type="submit"]').first().click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** No violation that axe knows, in this page and the frames in it. */
export async function assertAccessible(page, what = page.url()) {
  await page.waitForLoadState();
  for (const frame of page.frames().filter((frame) => /^https?:/.test(frame.url()))) {
    // Half a megabyte, once for each document.
    if (!(await frame.evaluate(() => "axe" in window))) await frame.evaluate(AXE);
    // Colours halfway between two themes are nobody's: what moves and will stop is waited for. What inherits its colour begins
    // to move when its parent has stopped, so that is asked again until nothing moves.
    await frame.evaluate(async () => {
      const moving = () => document.getAnimations().filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime)
        && animation.playState === "running");
      for (let now = moving(); now.length > 0; now = moving()) {
        await Promise.all(now.map((animation) => animation.finished.catch(() => {})));
      }
    });
    const violations = await frame.evaluate(async () => {
      // iframes: false: each frame is asked for itself.
      const { violations } = await axe.run(document, { iframes: false });
      return violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `    ${node.target.join(" ")}: ${node.failureSummary.replaceAll("\n", " ")}`).join("\n")}`);
    });
    assert.deepEqual(violations, [], `${what} (${new URL(frame.url()).pathname}) has accessibility faults:\n${violations.join("\n")}`);
  }
}

/** The page fits the width it is given. */
export async function assertFits(page, what = page.url()) {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(excess <= 0, `${what} is ${excess} px wider than the screen of ${page.viewportSize().width} px`);
}

/**
 * The page at phone, tablet and desk width, light and dark: accessible and fitting in each. Pictures are kept with SCREENSHOTS=1.
 */
export async function assertLooks(page, name) {
  const before = page.viewportSize();
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 600 ? 740 : 900 });
      await assertFits(page, `${name}, ${scheme}`);
      await assertAccessible(page, `${name}, ${scheme}, ${width} px`);
      await picture(page, `${name}-${width}-${scheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize(before);
}

/** Keeps a picture of the whole page when SCREENSHOTS=1. */
export async function picture(page, name) {
  if (process.env.SCREENSHOTS !== "1") return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
