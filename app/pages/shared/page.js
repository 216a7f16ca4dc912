// What the pages with several files share: storage, language, times, and making elements.
export const $ = id => document.getElementById(id);

const memory = {};
let works = true;
try { localStorage.setItem("fg:t", "1"); } catch { works = false; }

export function get(key) {
	try { return works ? JSON.parse(localStorage.getItem(`fg:${key}`)) : memory[key] ?? null; } catch { return null; }
}

export function put(key, value) {
	memory[key] = value;
	try { localStorage.setItem(`fg:${key}`, JSON.stringify(value)); } catch { /* kept for this page only */ }
}

let lang = get("lang") || (/^ko/i.test(navigator.language) ? "ko" : "en");
export const language = () => lang;

// of texts by language, as the service tells them
export const pick = texts => texts?.[lang] ?? Object.values(texts ?? {})[0] ?? "";

// of a catalogue {key: [Korean, English]}
export const speaker = words => (key, values = {}) =>
	words[key][lang === "en" ? 1 : 0].replace(/{(\w+)}/g, (_, name) => values[name]);

export function translate(words, root = document) {
	const t = speaker(words);
	document.documentElement.lang = lang;
	for (const node of root.querySelectorAll("[data-w]")) node.textContent = t(node.dataset.w);
	$("lang").lang = lang === "ko" ? "en" : "ko";
}

export function onLanguage(render) {
	$("lang").addEventListener("click", () => {
		lang = lang === "ko" ? "en" : "ko";
		put("lang", lang);
		render();
	});
	addEventListener("storage", event => {
		if (event.key !== "fg:lang") return;
		lang = get("lang") || lang;
		render();
	});
}

export const number = value => value.toLocaleString(lang);

export function span(s) {
	const left = Math.max(0, Math.floor(s)), hours = Math.floor(left / 3600);
	const two = value => String(value).padStart(2, "0");
	return `${hours ? `${hours}:` : ""}${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
}

const zoned = (zone, parts) => new Intl.DateTimeFormat(lang, { timeZone: zone, ...parts });
const TIME = { hour: "numeric", minute: "2-digit" }, DATE = { month: "long", day: "numeric", weekday: "short" };
export const clock = (s, zone) => zoned(zone, TIME).format(s * 1000);
export const moment = (s, zone) => zoned(zone, { ...DATE, ...TIME }).format(s * 1000);
export const exact = (s, zone) => zoned(zone, { ...TIME, second: "2-digit" }).format(s * 1000);
// "2027-08-20" is a day of the calendar, in no zone
export const day = text => zoned("UTC", DATE).format(Date.parse(`${text}T00:00Z`));

// an element: h("button", {class: "wide", onclick: go}, "Go")
export function h(tag, properties = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (value === null || value === undefined || value === false) continue;
		if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
		else if (name === "value") node.value = value;
		else node.setAttribute(name, value === true ? "" : value);
	}
	node.append(...children.filter(child => child !== null && child !== undefined));
	return node;
}

export function show(id, text) {
	const node = $(id);
	node.hidden = text === null;
	if (node.textContent !== (text ?? "")) node.textContent = text ?? "";
}

export function say(text) {
	$("live").textContent = text;
}
