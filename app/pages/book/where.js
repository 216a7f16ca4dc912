// Second step: where and when. Lists are drawn from what the service tells, and choosing is left to the caller.
import { $, clock, day as dayName, h, language, number, pick, speaker } from "/shared/page.js";
import { ask } from "/shared/api.js";
import { REGIONS, WORDS } from "./words.js";
import * as state from "./state.js";

const t = speaker(WORDS);
// the list may be a moment older than a refusal; what was refused is not offered again from it
const GONE_MS = 4000;
const gone = new Map();
let clinics = [], slots = [], choosing = 0, zone = "Asia/Seoul";

export const clinicOf = id => clinics.find(one => one.id === id);
export const regionName = code => REGIONS[code]?.[language() === "en" ? 1 : 0] ?? code;
export const chosen = () => ({ region: $("region").value, day: document.querySelector("[name=day]:checked")?.value });
export const setZone = value => { zone = value; };

export async function load() {
	if (!clinics.length) clinics = await ask("GET", "/api/clinics");
	drawChoices();
}

const known = new Intl.Collator("ko");
export function drawChoices() {
	const codes = [...new Set(clinics.map(one => one.region))];
	const order = Object.keys(REGIONS), at = code => (order.indexOf(code) + order.length + 1) % (order.length + 1);
	codes.sort((one, two) => at(one) - at(two) || known.compare(one, two));
	const { region } = state.choice(), select = $("region");
	select.replaceChildren(...codes.map(code => h("option", { value: code, selected: code === region }, regionName(code))));
	drawDays();
}

function drawDays() {
	const { region } = chosen(), before = chosen().day ?? state.choice().day;
	const days = [...new Set(clinics.filter(one => one.region === region).flatMap(one => one.days))].sort();
	const day = days.includes(before) ? before : days[0];
	$("dayList").replaceChildren(...days.map(one => h("label", {},
		h("input", { type: "radio", name: "day", value: one, checked: one === day }), h("span", {}, dayName(one)))));
	document.querySelector("[name=day]:checked")?.parentElement.scrollIntoView({ block: "nearest", inline: "center" });
}

export function regionChanged() {
	drawDays();
	return look();
}

// what is free; answers that come late for another choice are thrown away
export async function look() {
	const { region, day } = chosen(), turn = ++choosing;
	if (!day) return;
	state.setChoice({ region, day });
	const found = await ask("GET", `/api/slots?region=${encodeURIComponent(region)}&day=${encodeURIComponent(day)}`);
	if (turn !== choosing) return;
	const now = Date.now();
	slots = found.slots.map(slot => (gone.get(slot.id) > now ? { ...slot, free: 0 } : slot));
}

export const isGone = id => gone.set(id, Date.now() + GONE_MS);

export const nothingFree = () => !slots.some(slot => slot.free > 0);

export function draw(take) {
	const { region, day } = chosen();
	if (!day) return;
	$("listHead").textContent = t("list", { d: dayName(day) });
	$("anyDay").textContent = t("anyDay", { d: dayName(day) });
	$("wish").hidden = !nothingFree();
	const focused = document.activeElement?.dataset?.slot;
	const here = clinics.filter(one => one.region === region);
	const free = here.filter(one => slots.some(slot => slot.clinic_id === one.id && slot.free > 0));
	const cards = [...free, ...here.filter(one => !free.includes(one))].map(one => card(one, take));
	$("list").replaceChildren(...(free.length ? cards : [h("p", { class: "note" }, t("allFull"))]));
	if (focused) document.querySelector(`[data-slot="${focused}"]`)?.focus();
}

function card(clinic, take) {
	const own = slots.filter(slot => slot.clinic_id === clinic.id && slot.free > 0);
	const name = pick(clinic.name);
	return h("article", { class: "card" }, h("h3", {}, name), h("p", { class: "hint" }, pick(clinic.address)),
		own.length ? h("div", { class: "slots" }, ...own.map(slot => button(slot, name, take))) : h("p", {}, t("full")));
}

function button(slot, clinic, take) {
	const time = clock(slot.starts_s, zone), left = number(slot.free);
	return h("button", {
		type: "button", "data-slot": slot.id, onclick: () => take({ slot_id: slot.id }),
		"aria-label": t("slotName", { c: clinic, t: time, n: left }),
	}, time, h("small", {}, t("free", { n: left })));
}
