"use strict";

// columns to rows; `clock` is the opening's own time, which the data holds as if it were UTC
const clock = (t) => new Date(t).toISOString().slice(11, 19);
const rows = ({ t, ...columns }) =>
  t.map((time, row) => {
    const one = { t: time, clock: clock(time) };
    for (const [name, values] of Object.entries(columns)) one[name] = values[row];
    if ("t2" in one) one.clock2 = clock(one.t2);
    return one;
  });
const datasets = Object.fromEntries(Object.entries(DATA).map(([name, columns]) => [name, rows(columns)]));

const FONT = getComputedStyle(document.body).fontFamily;
const CONFIG = {
  font: FONT,
  background: null,
  axis: {
    labelColor: "#4a5866", titleColor: "#4a5866", labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400,
    gridColor: "#e3e8ee", domainColor: "#b6c1cc", tickColor: "#b6c1cc",
  },
  legend: { labelFontSize: 12.5, labelColor: "#1c2733", labelLimit: 260, padding: 0, columnPadding: 16,
    columns: window.innerWidth < 600 ? 2 : 0,
  },
  aria: false,
};

const buttons = [...document.querySelectorAll(".spans button")];
const chosen = () => buttons.find((button) => button.getAttribute("aria-pressed") === "true");
const span = (button) => ({ from: Number(button.dataset.from), to: Number(button.dataset.to) });

const views = [];
const drawn = Object.entries(SPECS).map(async ([name, spec]) => {
  const { from, to } = span(chosen());
  const params = spec.params.map((p) => (p.name === "from" ? { ...p, value: from } : p.name === "to" ? { ...p, value: to } : p));
  const { view } = await vegaEmbed(`#chart-${name}`, { ...spec, params, datasets }, {
    actions: false, renderer: "svg", config: CONFIG,
  });
  views.push(view);
});
Promise.all(drawn).then(() => document.body.setAttribute("data-drawn", "yes"));

for (const button of buttons) {
  button.addEventListener("click", () => {
    buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    const { from, to } = span(button);
    views.forEach((view) => view.signal("from", from).signal("to", to).runAsync());
  });
}
