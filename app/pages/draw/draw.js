import {WORDS} from "./words.js";
import {ROUNDS, hex, placeOf, seedOf, sha256, unhex} from "./shuffle.js";

const $ = id => document.getElementById(id);
// the same keys as the waiting page
const get = key => { try { return JSON.parse(localStorage.getItem("fg:" + key)); } catch { return null; } };
const put = (key, value) => { try { localStorage.setItem("fg:" + key, JSON.stringify(value)); } catch { /* kept for this page only */ } };
const able = !!globalThis.crypto?.subtle;

let lang = get("lang") || (/^ko/i.test(navigator.language) ? "ko" : "en");
let draw = null, doc = null, verdict = "load", hash = "", seed = null, asked = null, lost = false, timer, turn = 0;
const t = (key, values) => WORDS[key][lang === "en" ? 1 : 0].replace(/{(\w)}/g, (_, name) => values[name]);
const num = value => value.toLocaleString(lang);
const padded = value => String(value).padStart(6, "0");
const own = () => { const line = get("line"); return line && draw && line.opening === draw.opening ? line : null; };

async function fetched(path) {
	const answer = await fetch(path, {signal: AbortSignal.timeout?.(8000)});
	if (!answer.ok) throw new Error(answer.status);
	return answer.json();
}
async function load() {
	clearTimeout(timer);
	try {
		const [one, two] = await Promise.all([fetched("/queue/draw.json"), fetched("/queue/now-serving.json").catch(() => doc)]);
		draw = one; doc = two; lost = false;
		await verify();
	} catch { lost = true; }
	render();
	// a verdict stays; before the draw the page waits for it
	if (lost || draw.secret === null) timer = setTimeout(load, 1000 * (lost ? 5 : doc?.poll_s || 5) * (.85 + Math.random() * .3));
}
async function verify() {
	const noted = own()?.commitment;
	hash = "";
	if (noted && noted !== draw.commitment) verdict = "wrongSeal";
	else if (draw.secret === null) verdict = "early";
	else if (!able) verdict = "cannot";
	else if (draw.rounds !== ROUNDS) verdict = "rounds";
	else verdict = "good";
	if (!able || draw.secret === null) return;
	hash = hex(await sha256(unhex(draw.secret)));
	if (hash !== draw.commitment.toLowerCase()) verdict = "wrong";
	seed = await seedOf(draw.opening, draw.prequeue, draw.secret);
}

async function find() {
	const text = $("number").value.replace(/[\s,.]/g, ""), mine = ++turn;
	asked = null;
	show("bad", /^[0-9]{1,9}$/.test(text) ? null : t("bad"));
	$("number").setAttribute("aria-invalid", !$("bad").hidden);
	if (!$("bad").hidden) { render(); return $("number").focus(); }
	const number = +text, place = await placeOf(seed, number, draw.prequeue);
	// who types quickly is shown the last
	if (mine === turn) { asked = {number, place}; render(); }
}

function show(id, text) { const node = $(id); node.hidden = text === null; if (node.textContent !== text) node.textContent = text; }
function line(text, name) { const node = document.createElement("p"); node.textContent = text; if (name) node.className = name; return node; }
function render() {
	if (document.documentElement.lang !== lang || $("page").hidden) {
		document.documentElement.lang = lang;
		$("lang").lang = lang === "ko" ? "en" : "ko";
		document.querySelectorAll("[data-w]").forEach(node => { node.textContent = t(node.dataset.w); });
		$("page").hidden = false;
	}
	const title = doc?.title[lang] || doc?.title.ko || "Floodgate";
	show("name", title);
	show("lost", lost ? t("lost") : null);
	document.title = `${verdict === "wrong" || verdict === "wrongSeal" ? "⚠ " : ""}${t("title")} · ${title}`;
	hero();
	if (draw) facts();
	$("form").hidden = !seed || verdict === "rounds";
	const mine = own();
	$("own").hidden = !mine;
	if (mine) show("ownText", t("ownText", {n: padded(mine.number)}));
	result(mine);
	const number = asked?.number ?? mine?.number;
	show("command", `python -m app verify-draw --url ${location.origin}${number === undefined ? "" : ` --number ${number}`}`);
}
function hero() {
	const told = {load: ["state", "load", null], early: ["state", "early", doors()], good: ["checked", "good", "goodSub"], wrong: ["checked", "wrong", "wrongSub"], wrongSeal: ["checked", "wrong", "wrongSeal"], cannot: ["state", "cannot", "cannotSub"], rounds: ["state", "cannot", "rounds"]}[verdict];
	const bad = told[1] === "wrong";
	$("hero").className = "hero" + (bad ? " wrong" : verdict === "good" ? " go" : "");
	// heard at once where it is bad news, in its turn where it is good
	$("hero").setAttribute("role", bad ? "alert" : "status");
	show("label", t(told[0])); show("verdict", t(told[1]));
	show("sub", told[2] && t(told[2], {d: verdict === "early" && doc ? when(doc.doors_s) : ""}));
}
const doors = () => doc ? "earlySub" : "earlyBare";
const when = s => new Intl.DateTimeFormat(lang, {timeZone: doc.zone, month: "long", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit"}).format(s * 1000);
function facts() {
	show("opening", draw.opening);
	show("size", draw.prequeue === null ? t("fixedAtDoors") : t("people", {n: num(draw.prequeue)}));
	show("commitment", draw.commitment);
	show("secret", draw.secret ?? t("atDoors"));
	$("secret").className = draw.secret === null ? "code words" : "code";
	$("hashBox").hidden = !hash;
	show("hash", hash);
	$("hash").className = hash === draw.commitment.toLowerCase() ? "code same" : "code other";
	const noted = own()?.commitment;
	show("joined", noted && noted === draw.commitment ? t("joined") : null);
}
function result(mine) {
	const parts = [];
	if (asked) {
		const {number, place} = asked;
		parts.push(line(t("place", {n: padded(number)})), line(t("nth", {n: num(place + 1)}), "big"), line(t(number < draw.prequeue ? "drawn" : "late", {a: num(place)})));
		if (mine && mine.number === number && mine.place != null) parts.push(mine.place === place ? line(t("same"), "ok") : line(t("differs", {n: num(mine.place + 1)}), "no"));
	}
	const text = parts.map(node => node.textContent).join();
	// heard once, not at each drawing of the page
	if ($("result").dataset.text !== text) { $("result").replaceChildren(...parts); $("result").dataset.text = text; }
}

$("lang").onclick = () => { put("lang", lang = lang === "ko" ? "en" : "ko"); $("bad").hidden || show("bad", t("bad")); show("copied", ""); render(); };
$("form").onsubmit = event => { event.preventDefault(); find(); };
$("take").onclick = () => { $("number").value = own().number; find(); };
$("copy").onclick = async () => {
	try { await navigator.clipboard.writeText($("command").textContent); show("copied", t("copied")); }
	catch { getSelection().selectAllChildren($("command")); show("copied", t("selected")); }
};
addEventListener("storage", () => { lang = get("lang") || lang; render(); });
render();
load();
