// The last ten minutes in two panels above one another: people waiting, and people called and allowed each second.
const SPAN_S = 600, MOST = 330, GAP_S = 15, HEIGHT = 270, LEFT = 46, RIGHT = 8;
const PANELS = [{top: 14, bottom: 128, keys: ["waiting"]}, {top: 158, bottom: 246, keys: ["allowed", "called"]}];
const CLASSES = {waiting: "l1", called: "l2", allowed: "l3"};
const NAMES = {waiting: "1", called: "2", allowed: "3"};

export class History {
	constructor(name) {
		this.name = "fg:chart:" + name;
		// a reloaded page goes on with what it saw
		try { this.samples = JSON.parse(sessionStorage.getItem(this.name)) ?? []; } catch { this.samples = []; }
	}
	add(sample) {
		const last = this.samples.at(-1);
		if (last && sample.at <= last.at) return;
		this.samples = [...this.samples.filter(one => one.at > sample.at - SPAN_S), sample].slice(-MOST);
		try { sessionStorage.setItem(this.name, JSON.stringify(this.samples)); } catch { /* seen until it is reloaded */ }
	}
}

function node(name, attributes, text) {
	const made = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
	if (text !== undefined) made.textContent = text;
	return made;
}
// the next 1, 2 or 5 times a power of ten
function ceiling(value, least) {
	const power = 10 ** Math.floor(Math.log10(Math.max(value, least)));
	return [1, 2, 5, 10].map(step => step * power).find(step => step >= Math.max(value, least));
}

export function draw(svg, samples, now, words) {
	const width = Math.max(260, svg.clientWidth), inner = width - LEFT - RIGHT, parts = [];
	const x = at => LEFT + inner * (1 - (now - at) / SPAN_S);
	for (const {top, bottom, keys} of PANELS) {
		const most = ceiling(Math.max(0, ...samples.flatMap(one => keys.map(key => one[key] ?? 0))), keys[0] === "waiting" ? 10 : 1);
		const y = value => bottom - (bottom - top) * Math.min(1, value / most);
		for (const share of [0, .5, 1]) {
			parts.push(node("line", {class: "axis", x1: LEFT, x2: width - RIGHT, y1: y(most * share), y2: y(most * share)}));
			parts.push(node("text", {x: LEFT - 8, y: y(most * share) + 4, "text-anchor": "end"}, words.num(most * share)));
		}
		for (const key of keys) {
			let path = "", area = "", start = 0, before = null;
			const close = () => { if (key === "waiting" && before) area += `L${x(before.at).toFixed(1)} ${bottom}L${start} ${bottom}Z`; };
			for (const one of samples.filter(one => one.at >= now - SPAN_S && one[key] != null)) {
				const point = `${x(one.at).toFixed(1)} ${y(one[key]).toFixed(1)}`;
				// where nothing was seen nothing is drawn
				const fresh = !before || one.at - before.at > GAP_S;
				if (fresh) { close(); start = x(one.at).toFixed(1); }
				path += (fresh ? "M" : "L") + point;
				area += (fresh ? "M" : "L") + point;
				before = one;
			}
			close();
			if (key === "waiting") parts.push(node("path", {class: "area", d: area}));
			parts.push(node("path", {class: CLASSES[key], "data-line": NAMES[key], d: path}));
		}
	}
	for (const [at, anchor] of [[SPAN_S, "start"], [SPAN_S / 2, "middle"], [0, "end"]])
		parts.push(node("text", {x: x(now - at), y: HEIGHT - 6, "text-anchor": anchor}, at ? words.ago(at / 60) : words.now));
	svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
	svg.replaceChildren(...parts);
}
