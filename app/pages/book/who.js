// First step: who are you?
import { $, h, pick, put, get, speaker } from "/shared/page.js";
import { ask } from "/shared/api.js";
import { WORDS } from "./words.js";
import * as state from "./state.js";

const t = speaker(WORDS);
const LOOK_MS = 15000;
let timer, drawn = "";

export const PHONE = /^\+?[0-9 -]{8,20}$/;

// 1991-04-12 of what was typed, or null where there is no such day
export function birthDate(text) {
	const digits = text.replace(/\D/g, "");
	if (digits.length !== 8) return null;
	const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
	const parsed = new Date(`${date}T00:00Z`);
	return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) && parsed < Date.now() ? date : null;
}

// mark a field, say beside it what is missing, and go there
export function invalid(id, text) {
	const field = $(id), note = `${id}Wrong`;
	$(note)?.remove();
	field.removeAttribute("aria-invalid");
	const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter(name => name && name !== note);
	if (text !== null) {
		field.setAttribute("aria-invalid", "true");
		field.before(h("p", { id: note, class: "wrong" }, text));
		others.push(note);
	}
	others.length ? field.setAttribute("aria-describedby", others.join(" ")) : field.removeAttribute("aria-describedby");
	return text !== null;
}

export function checkedAll(rules) {
	const wrong = rules.filter(([id, good, key]) => invalid(id, good ? null : t(key)));
	if (wrong.length) $(wrong[0][0]).focus();
	return !wrong.length;
}

export function draw(doc) {
	const rule = doc?.birth_digits ?? [];
	$("rule").hidden = !rule.length;
	$("rule").textContent = rule.length ? t("rule", { n: rule.join(", ") }) : "";
	const all = doc?.providers ?? [], key = JSON.stringify([all, document.documentElement.lang]);
	if (key === drawn) return;
	drawn = key;
	const chosen = document.querySelector("[name=provider]:checked")?.value;
	const first = all.find(one => lightOf(one) === "green")?.name;
	$("providerList").replaceChildren(...(all.length ? all.map(one => row(one, (chosen ?? first) === one.name)) : [t("noProvider")]));
}

const lightOf = one => (one.closed ? "red" : one.light);

function row(one, checked) {
	const light = lightOf(one);
	return h("label", { class: "choice" },
		h("input", { type: "radio", name: "provider", value: one.name, checked, disabled: one.closed }),
		pick(one.title) || one.name,
		h("span", { class: "state" }, h("i", { class: `light ${light}`, "aria-hidden": "true" }), t(light)));
}

// the lights change while somebody fills in the form
export function watch(look, isHere) {
	clearTimeout(timer);
	timer = setTimeout(async () => {
		if (isHere() && !document.hidden) await look();
		watch(look, isHere);
	}, LOOK_MS * (0.85 + Math.random() * 0.3));
}

export function filledIn() {
	const provider = document.querySelector("[name=provider]:checked")?.value;
	const born = birthDate($("birth").value), phone = $("phone").value.trim(), name = $("fullName").value.trim();
	const rules = [["fullName", name, "needName"], ["birth", born, "needBirth"], ["phone", PHONE.test(phone), "needPhone"]];
	if (!checkedAll(rules)) return null;
	if (!provider) {
		document.querySelector("[name=provider]:not(:disabled)")?.focus();
		return { missing: "needProvider" };
	}
	return { provider, name, birth_date: born, phone };
}

export async function check(asked) {
	const proven = await ask("POST", "/api/identity/checks", { body: asked });
	state.setVisit(proven);
	state.contact(asked.phone);
	put("provider", asked.provider);
	for (const id of ["fullName", "birth"]) $(id).value = "";
	return get("visit");
}
