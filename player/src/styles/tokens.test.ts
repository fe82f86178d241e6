import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Computes the contrast (WCAG 2.2) of every pair of tokens that meets on a page, from the style sheet itself. */
const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

type Colour = [number, number, number];

function linear(lightness: number, chroma: number, hue: number): Colour {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb: Colour = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return rgb.map((value) => Math.min(1, Math.max(0, value))) as Colour;
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function token(name: string, theme: "light" | "dark"): Colour {
  const found = css.match(new RegExp(`--${name}: light-dark\\(oklch\\(([^)]*)\\), oklch\\(([^)]*)\\)\\)`));
  const text = found?.[theme === "light" ? 1 : 2];
  if (!text) throw new Error(`no colour --${name}`);
  const [lightness = 0, chroma = 0, hue = 0] = text.split(" ").map(Number);
  return linear(lightness, chroma, hue);
}

function contrast(text: string, ground: string, theme: "light" | "dark"): number {
  const [a, b] = [luminance(token(text, theme)), luminance(token(ground, theme))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const grounds = ["paper", "surface", "sunk"];
const pairs: [text: string, ground: string, least: number][] = [
  ...[...grounds, "action-wash", "attention-wash", "done-wash", "fault-wash"].map((ground): [string, string, number] => ["ink", ground, 7]),
  ...grounds.map((ground): [string, string, number] => ["ink-soft", ground, 7]),
  ...["action-wash", "attention-wash", "done-wash", "fault-wash"].map((ground): [string, string, number] => ["ink-soft", ground, 4.5]),
  ...["action", "action-strong", "attention", "done", "fault"].flatMap((text) =>
    grounds.map((ground): [string, string, number] => [text, ground, 4.5]),
  ),
  ["action", "action-wash", 4.5],
  ["action-strong", "action-wash", 4.5],
  ["attention", "attention-wash", 4.5],
  ["done", "done-wash", 4.5],
  ["fault", "fault-wash", 4.5],
  ["action-ink", "action", 7],
  ["action-ink", "action-strong", 7],
  ["fault-ink", "fault", 4.5],
  ["paper", "ink", 7],
  // Edges of controls, marks and the focus ring: 3:1 (WCAG 1.4.11).
  ...grounds.flatMap((ground) => ["line-strong", "focus", "action"].map((mark): [string, string, number] => [mark, ground, 3])),
  ["done-fill", "surface", 3],
  ["fault-fill", "surface", 3],
  ["deep-ink", "deep", 7],
  ["deep-ink", "deep-strong", 7],
  ["attention-fill", "deep", 3],
];

test.each(["light", "dark"] as const)("every pair of the %s theme can be read", (theme) => {
  const faint = pairs
    .map(([text, ground, least]) => ({ pair: `${text} on ${ground}`, ratio: Math.round(contrast(text, ground, theme) * 100) / 100, least }))
    .filter(({ ratio, least }) => ratio < least);
  expect(faint).toEqual([]);
});
