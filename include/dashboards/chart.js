/** Draw a chart: a Vega-Lite specification of charts/, its rows by name, in the theme and the reader's language. */

import { get } from "./data.js";
import { numberLocale, timeLocale, withFormats } from "./format.js";
import { make } from "./page.js";
import { chartConfig, theme } from "./theme.js";
import { showTooltip } from "./tooltip.js";

// A layer without rows, such as of a comparison that is off, is worth no warning.
const ONLY_ERRORS = 1;

const specs = new Map();
const pictures = new WeakMap();
let vega = null;

/** The specification of a chart, as its file has it. */
export function specOf(chart) {
  if (!specs.has(chart)) {
    specs.set(
      chart,
      get(`assets/charts/${chart}.json`).catch((error) => {
        specs.delete(chart);
        throw error;
      }),
    );
  }
  return specs.get(chart);
}

/** Draw into an element of the page in place of what is there; the result has the Vega view.

The new picture is made behind the old one, which stays until it is ready: nothing flickers.
@param label what a reader hears who does not see it. */
export async function draw(body, spec, rows, label) {
  const plot = make("div", { className: "plot unready", role: "img", ariaLabel: label });
  body.append(plot);
  const { title, description, ...shown } = spec;
  const drawn = await embed(plot, { ...shown, width: 600 }, rows, theme(), {
    renderer: "svg",
    patch: fitted,
  });
  plot.firstElementChild?.setAttribute("aria-hidden", "true");
  if (!plot.isConnected) {
    // A later picture was faster.
    drawn.finalize();
    return null;
  }
  clear(body);
  body.replaceChildren(plot);
  plot.classList.remove("unready");
  pictures.set(body, drawn);
  return drawn;
}

/** Empty an element that may hold a picture. */
export function clear(body) {
  pictures.get(body)?.finalize();
  pictures.delete(body);
  body.replaceChildren();
}

/** The chart with its title as the address of a PNG picture, always light, as for a letter or a slide. */
export async function picture(spec, rows, title) {
  const titled = { ...spec, title, width: 800, padding: 20, autosize: { type: "pad" } };
  const drawn = await embed(document.createElement("div"), titled, rows, "light", { renderer: "none" });
  const address = await drawn.view.toImageURL("png", 2);
  drawn.finalize();
  return address;
}

async function embed(element, spec, rows, themeName, options) {
  const [vegaEmbed, config, shapes] = await Promise.all([
    loaded(),
    chartConfig(themeName),
    worldIfUsed(spec),
  ]);
  const datasets = { [spec.data.name]: rows, ...shapes };
  return vegaEmbed(
    element,
    { ...localized(spec), datasets },
    {
      ...options,
      actions: false,
      ast: true,
      config: localized(config),
      defaultStyle: false,
      formatLocale: numberLocale(),
      logLevel: ONLY_ERRORS,
      timeFormatLocale: timeLocale(),
      tooltip: showTooltip,
    },
  );
}

/** As wide as its place, which may change. Vega-Lite does the same by `"width": "container"`, but warns of charts whose
height follows from the number of bars. */
function fitted({ width, signals = [], ...compiled }) {
  const update = "containerSize()[0]";
  const follow = { name: "width", init: update, on: [{ update, events: "window:resize" }] };
  return { ...compiled, autosize: { type: "fit-x", contains: "padding" }, signals: [follow, ...signals] };
}

/** vegaEmbed, as soon as vega.js has come. */
function loaded() {
  vega ??= new Promise((resolve, reject) => {
    if (window.vegaEmbed) return resolve(window.vegaEmbed);
    const script = document.querySelector("script[src='vega.js']");
    script.addEventListener("load", () => resolve(window.vegaEmbed));
    script.addEventListener("error", () =>
      reject(new Error("vega.js, which draws the charts, could not be loaded.")),
    );
  });
  return vega;
}

async function worldIfUsed(spec) {
  if (!JSON.stringify(spec).includes('"world"')) return {};
  const world = await specOf("../world");
  return { world, country_points: world, region_points: world };
}

function localized(spec) {
  return JSON.parse(withFormats(JSON.stringify(spec)));
}
