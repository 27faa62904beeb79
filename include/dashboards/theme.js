/** Light or dark as Airflow is, and the look of all charts: theme.json, which other renderers of the charts can read too. */

import { changed } from "./page.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
let looks = null;

/** "light" or "dark", as the page is now. */
export function theme() {
  return document.documentElement.dataset.theme;
}

/** The Vega-Lite config of a theme. */
export async function chartConfig(name) {
  looks ??= fetch("assets/theme.json").then((answer) => answer.json());
  const { common, light, dark } = await looks;
  return merged(common, name === "dark" ? dark : light);
}

/** Follow Airflow's switch, which another document of this origin turns, and the system's. */
export function followTheme() {
  addEventListener("storage", (event) => event.key === "theme" && choose());
  dark.addEventListener("change", choose);
}

function choose() {
  const stored = localStorage.getItem("theme");
  const chosen = stored === "dark" || stored === "light" ? stored : dark.matches ? "dark" : "light";
  if (chosen === theme()) return;
  document.documentElement.dataset.theme = chosen;
  changed("theme");
}

function merged(first, second) {
  const result = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const both = isObject(value) && isObject(result[key]);
    result[key] = both ? merged(result[key], value) : value;
  }
  return result;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
