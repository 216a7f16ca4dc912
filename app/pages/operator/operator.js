import {WORDS} from "./words.js";
import {History, draw} from "./chart.js";

const EVERY_S = 2, ALONE_S = 5;
const $ = id => document.getElementById(id);
// the language is kept where the waiting page keeps it
const get = key => { try { return JSON.parse(localStorage.getItem("fg:" + key)); } catch { return null; } };
const put = (key, value) => { try { localStorage.setItem("fg:" + key, JSON.stringify(value)); } catch { /* kept for this page only */ } };

let lang = get("lang") || (/^ko/i.test(navigator.language) ? "ko" : "en");
let state = null, seenAt = 0, failures = 0, signedIn = null, expired = false, busy = false, timer, chart, focused = null, problem = null;
let touched = {share: false, texts: false}, before = null, spoken = {}, toasting, looks = 0;
const entries = new Map();
const t = (key, values) => WORDS[key][lang === "en" ? 1 : 0].replace(/{(\w)}/g, (_, name) => values[name]);
const known = (prefix, name) => WORDS[prefix + name] ? t(prefix + name) : name;
const num = (value, digits = 0) => value.toLocaleString(lang, {maximumFractionDigits: digits, minimumFractionDigits: digits});
const pct = share => num(share * 100) + " %";
const maybe = (value, told) => value === null || value === undefined ? t("unknown") : told(value);
const since = () => Math.max(0, (Date.now() - seenAt) / 1000);
const title = one => one.title[lang] || one.title.ko || one.name;
const named = name => { const found = state.providers.find(one => one.name === name); return found ? title(found) : name; };

async function ask(method, path, body) {
	try {
		const answer = await fetch("/operator/api/" + path, {method, signal: AbortSignal.timeout?.(8000), ...body && {headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)}});
		const said = answer.status === 204 ? {} : await answer.json();
		return {ok: answer.ok, status: answer.status, body: said, code: (said.type || "").split("/").pop(), after: +answer.headers.get("Retry-After")};
	} catch { return {ok: false, status: 0, code: "unavailable", after: 0}; }
}
const reason = answer => answer.status === 0 || answer.status >= 500 ? ["p-unavailable"] : WORDS["p-" + answer.code] ? ["p-" + answer.code, {s: answer.after || 60}] : ["p", {c: answer.code || answer.status}];

async function look() {
	clearTimeout(timer);
	const mine = ++looks, answer = await ask("GET", "state");
	// what was asked before an action must not show over what was asked after it
	if (mine !== looks) return;
	if (answer.status === 401) return close();
	if (answer.ok) { failures = 0; seenAt = Date.now(); take(answer.body); } else failures++;
	if (state) { signedIn = true; render(); } else if (signedIn === null) close();
	clearTimeout(timer);
	timer = setTimeout(look, 1000 * EVERY_S);
}
function take(told) {
	before = state; state = told;
	if (before?.opening !== told.opening) { chart = new History(told.opening); touched = {share: false, texts: false}; }
	for (const entry of told.recent) entries.set(entry.entry_id, entry);
	const {controller, line} = told;
	// what the controller told long ago is not true now
	const fresh = controller && told.at_s - controller.at_s < ALONE_S;
	chart.add({at: told.at_s, waiting: line?.waiting, called: fresh ? controller.called_per_s : null, allowed: fresh ? controller.allowed_per_s : null});
	announce();
}
// what changed is said; numbers that change each second are not
function announce() {
	if (!before) return;
	const said = [];
	if (before.phase !== state.phase) said.push(t(state.phase));
	for (const one of state.providers) {
		const was = before.providers.find(other => other.name === one.name);
		if (was && was.light !== one.light) said.push(`${title(one)}: ${t(one.light)}`);
	}
	if (said.length) $("live").textContent = said.join(". ");
}

function close() {
	clearTimeout(timer);
	if ($("ask").open) $("ask").close("no");
	// nothing is emptied: whoever signs in again goes on where they were
	expired = signedIn === true;
	if (expired) focused = document.activeElement;
	signedIn = false;
	render();
	$(expired && $("user").value ? "pass" : "user").focus();
}
async function signIn(event) {
	event.preventDefault();
	const name = $("user").value.trim(), password = $("pass").value;
	if (!name || !password) { problem = ["p-empty"]; render(); return $(name ? "pass" : "user").focus(); }
	if (busy) return;
	busy = true; problem = null; render();
	const answer = await ask("POST", "session", {name, password});
	busy = false;
	problem = answer.ok ? null : reason(answer);
	render();
	if (!answer.ok) { $("pass").select(); return; }
	$("pass").value = "";
	const again = expired && focused && $("console").contains(focused) ? focused : $("title");
	await look();
	if (signedIn) again.focus();
}
async function signOut() {
	const answer = await ask("DELETE", "session");
	if (!answer.ok && answer.status !== 401) return toast("failed", t(...reason(answer)));
	state = before = null; signedIn = null; entries.clear();
	for (const id of ["ko", "en", "user"]) $(id).value = "";
	close();
}

function confirmed(key, values, extra) {
	$("askHead").textContent = t("q-" + key, values);
	$("askText").textContent = t(`q-${key}Text`, extra);
	$("yes").textContent = t("do-" + key);
	$("ask").returnValue = "no";
	$("ask").showModal();
	return new Promise(done => { $("ask").onclose = () => done($("ask").returnValue === "yes"); });
}
async function act(action, told) {
	if (busy) return false;
	busy = true; render();
	const answer = await ask("POST", "actions", action);
	busy = false;
	if (answer.status === 401) { close(); return false; }
	if (answer.ok) { state.controls = answer.body; toast("done", told); await look(); }
	else { render(); toast("failed", t(...reason(answer))); }
	return answer.ok;
}
function toast(id, text) {
	for (const one of ["done", "failed"]) show(one, one === id ? text : null);
	clearTimeout(toasting);
	toasting = setTimeout(() => { show("done", null); show("failed", null); }, id === "done" ? 5000 : 12000);
}
async function pause() {
	if (!state.controls) return;
	if (state.controls.paused) return act({do: "resume"}, t("a-resume"));
	if (await confirmed("pause", {}, {n: num(state.line?.waiting ?? 0)})) act({do: "pause"}, t("a-pause"));
}
async function slow(event) {
	event.preventDefault();
	const percent = +$("share").value;
	if (percent < 50 && !await confirmed("slow", {n: percent}, {w: num(state.line?.waiting ?? 0)})) return;
	if (await act({do: "slow", share: percent / 100}, t("a-slow", {n: percent}))) touched.share = false;
	render();
}
async function publish(event) {
	event.preventDefault();
	const texts = Object.fromEntries(["ko", "en"].map(id => [id, $(id).value.trim()]).filter(([, text]) => text)), some = Object.keys(texts);
	if (!some.length) { toast("failed", t("sayEmpty")); return $("ko").focus(); }
	if (some.length === 1 && !await confirmed("one")) return;
	if (await act({do: "announce", texts}, t("a-announce", {x: texts[lang] || texts[some[0]]}))) touched.texts = false;
	render();
}
async function takeDown() {
	if (!await act({do: "announce"}, t("a-quiet"))) return;
	touched.texts = false; render();
}
async function turn(name) {
	const one = state.providers.find(other => other.name === name);
	if (!one || !state.controls) return;
	const last = !one.closed && state.providers.filter(other => !other.closed).length === 1;
	if (last && !await confirmed("last", {p: title(one)})) return;
	await act({do: "provider", provider: name, open: one.closed}, t(one.closed ? "a-opened" : "a-closed", {p: title(one)}));
}
async function older() {
	const answer = await ask("GET", `audit?limit=20&before=${Math.min(...entries.keys())}`);
	if (answer.status === 401) return close();
	if (!answer.ok) return toast("failed", t(...reason(answer)));
	for (const entry of answer.body.entries) entries.set(entry.entry_id, entry);
	$("older").dataset.over = answer.body.before === null;
	audit();
}

function show(id, text) { const node = $(id); node.hidden = text === null; if (node.textContent !== text) node.textContent = text; }
function element(name, text, more) { const made = Object.assign(document.createElement(name), more); if (text !== undefined) made.textContent = text; return made; }
// a list is made anew only where it changed, so that focus and reading go on
function fill(id, key, make) {
	const told = lang + JSON.stringify(key);
	if (spoken[id] !== told) { spoken[id] = told; $(id).replaceChildren(...make()); }
}
function render() {
	if (document.documentElement.lang !== lang || !spoken.all) {
		spoken.all = true;
		document.documentElement.lang = lang;
		$("lang").lang = lang === "ko" ? "en" : "ko";
		document.querySelectorAll("[data-w]").forEach(node => { node.textContent = t(node.dataset.w); });
	}
	$("door").hidden = signedIn !== false;
	$("console").hidden = $("out").hidden = $("who").hidden = !signedIn || !state;
	document.title = t("console") + (state ? ` · ${t(state.phase)} · ${title(state)}` : "");
	show("over", expired ? t("over") : null);
	show("wrong", problem ? t(...problem) : null);
	show("enter", t(busy ? "signing" : "signIn"));
	document.querySelectorAll("#console button, #enter").forEach(node => node.setAttribute("aria-disabled", busy || node.id !== "enter" && !state?.controls));
	$("older").setAttribute("aria-disabled", false);
	if (!state || !signedIn) return;
	show("who", state.operator); show("title", title(state));
	hero(); rate(); said(); providers(); loads(); counts(); audit(); drawChart(); tick();
}
function hero() {
	const {line, controller, controls} = state;
	$("hero").className = "hero" + ({open: " go", paused: " held", closed: " end"}[state.phase] ?? "");
	show("phase", t(state.phase));
	show("waiting", maybe(line?.waiting, num)); show("inside", maybe(line?.inside, num));
	show("booked", maybe(controller?.booked_per_minute, num));
	show("servers", controller ? `${num(controller.servers)} · ${num(state.workers?.reporting ?? controller.workers)}` : t("unknown"));
	show("pause", t(controls?.paused ? "resume" : "pause"));
	fill("alerts", state.away.length ? [state.away, Math.floor(state.document_age_s / 10)] : [], () => state.away.map(name => element("p", t("away-" + name, {s: num(state.document_age_s)}), {className: "note warn bad"})));
}
function rate() {
	const {controller, controls} = state, called = controller?.called_per_s ?? 0, allowed = controller?.allowed_per_s ?? 0, nominal = controller?.nominal_per_s ?? 0;
	const most = Math.max(called, allowed, nominal, .1), each = value => t("each", {n: num(value, 1)});
	show("called", controller ? num(called, 1) : "–"); show("allowed", maybe(controller?.allowed_per_s, each)); show("nominal", maybe(controller?.nominal_per_s, each));
	show("binds", controller ? known("b-", controller.binding) : t("unknown"));
	$("fill").style.width = `${100 * called / most}%`; $("mark").style.left = `${100 * allowed / most}%`;
	$("meter").setAttribute("aria-label", t("meter", {a: num(called, 1), b: num(allowed, 1), c: num(nominal, 1)}));
	if (controls && !touched.share) $("share").value = Math.round(controls.share * 100);
	show("shareText", $("share").value + " %");
	show("shareNow", controls ? t("shareNow", {n: Math.round(controls.share * 100)}) : t("unknown"));
}
function said() {
	const texts = state.controls?.announcement ?? {}, some = Object.entries(texts).sort(([one]) => one === lang ? -1 : 1);
	$("sayNow").hidden = $("take").hidden = !some.length;
	fill("sayNow", some, () => [element("b", t("sayNow")), ...some.map(([code, text]) => element("span", text, {lang: code}))]);
	if (!touched.texts && state.controls) for (const id of ["ko", "en"]) if ($(id).value !== (texts[id] ?? "")) $(id).value = texts[id] ?? "";
}
function providers() {
	const here = document.activeElement?.dataset.provider;
	fill("providers", [state.providers, !state.controls], () => state.providers.length ? state.providers.map(one => {
		const item = element("li", undefined, {className: one.light}), toggle = element("button", t(one.closed ? "isClosed" : "isOpen"), {type: "button", className: "switch", onclick: () => turn(one.name)});
		toggle.dataset.provider = one.name;
		for (const [key, value] of Object.entries({role: "switch", "aria-checked": !one.closed, "aria-label": t("switch", {p: title(one)}), "aria-disabled": !state.controls})) toggle.setAttribute(key, value);
		item.append(element("i"), element("b", title(one)), element("span", t(one.light)), toggle);
		return item;
	}) : [element("li", t("noProviders"))]);
	if (here) document.querySelector(`[data-provider="${CSS.escape(here)}"]`)?.focus();
}
function loads() {
	const {workers, controller, line, waits} = state, all = waits ? waits.true + waits.shorter + waits.longer : 0;
	const rows = [
		["pressure", maybe(controller?.pressure, pct)], ["cpu", maybe(workers?.cpu, pct)], ["connections", maybe(workers?.connections_in_use, pct)],
		["latency", maybe(workers?.latency_p95_s, s => num(s * 1000) + " ms")],
		["joined", line ? num(line.joined) + (line.prequeue === null ? "" : ` (${num(line.prequeue)})`) : t("unknown")], ["entered", line ? `${num(line.entered)} · ${num(line.left)}` : t("unknown")],
		["coming", maybe(controller?.coming, num)], ["share", maybe(controller?.show_share, pct)], ["waits", all ? pct(waits.true / all) : t("unknown")], ["epoch", maybe(controller?.epoch, num)]];
	fill("loads", rows, () => rows.map(([key, text]) => { const box = element("div"); box.append(element("dt", t(key)), element("dd", text)); return box; }));
}
function counts() {
	for (const [id, prefix, found] of [["refused", "r-", state.workers?.refused], ["failures", "f-", state.controller?.failures]]) {
		const rows = Object.entries(found ?? {}).sort((a, b) => b[1] - a[1]).slice(0, 8);
		fill(id, [rows, !found], () => rows.length ? rows.map(([name, count]) => {
			const item = element("li"), bar = element("i");
			bar.style.width = `${100 * count / rows[0][1]}%`;
			item.append(bar, element("span", known(prefix, name)), element("b", num(count)));
			return item;
		}) : [element("li", t(found ? "none" : "unknown"), {className: "none"})]);
	}
}
function told({action, details}) {
	if (action === "slow") return t("a-slow", {n: Math.round(details.share * 100)});
	if (action === "provider") return t(details.open ? "a-opened" : "a-closed", {p: named(details.provider)});
	if (action === "announce") { const texts = Object.values(details.texts ?? {}); return texts.length ? t("a-announce", {x: texts.join(" / ")}) : t("a-quiet"); }
	return known("a-", action);
}
function audit() {
	const rows = [...entries.values()].sort((a, b) => b.entry_id - a.entry_id), today = new Date(state.at_s * 1000).toDateString();
	$("older").hidden = rows.length < 20 || $("older").dataset.over === "true";
	fill("audit", rows.map(one => one.entry_id), () => rows.map(one => {
		const row = element("tr"), at = new Date(one.at_s * 1000), cell = element("td"), day = at.toDateString() === today ? {} : {month: "short", day: "numeric"};
		cell.append(element("time", new Intl.DateTimeFormat(lang, {...day, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23"}).format(at), {dateTime: at.toISOString()}));
		row.append(cell, element("td", one.operator), element("td", told(one)));
		return row;
	}));
}
function drawChart() {
	const {samples} = chart, first = samples.find(one => one.waiting != null), last = samples.at(-1);
	draw($("chart"), samples, state.at_s, {num: value => num(value, value % 1 ? 1 : 0), ago: m => t("ago", {n: m}), now: t("now")});
	$("chart").setAttribute("aria-label", first ? t("chartText", {m: Math.max(1, Math.round((last.at - first.at) / 60)), a: num(first.waiting), b: num(last.waiting ?? first.waiting), c: num(last.called ?? 0, 1)}) : t("unknown"));
}
function span(s) {
	s = Math.max(0, Math.floor(s));
	const h = Math.floor(s / 3600);
	return (h ? h + ":" : "") + [Math.floor(s / 60 % 60), s % 60].map(n => String(n).padStart(2, "0")).join(":");
}
// what grows older between two looks
function tick() {
	if (!state || !signedIn) return;
	const now = state.at_s + since(), old = since() + state.document_age_s, close = state.closes_s - now;
	show("age", t("age", {s: num(old)}));
	show("clock", now < state.doors_s ? t("toDoors", {t: span(state.doors_s - now)}) : close > 0 ? t("toClose", {t: span(close)}) : t("ended", {t: new Intl.DateTimeFormat(lang, {timeStyle: "short"}).format(state.closes_s * 1000)}));
	const lost = failures > 0 && since() > ALONE_S;
	$("console").classList.toggle("stale", lost);
	show("lost", lost ? t("lost", {s: num(since())}) : null);
}

$("sign").onsubmit = signIn;
$("out").onclick = signOut;
$("pause").onclick = pause;
$("slow").onsubmit = slow;
$("announce").onsubmit = publish;
$("take").onclick = takeDown;
$("older").onclick = older;
$("share").oninput = () => { touched.share = true; show("shareText", $("share").value + " %"); };
$("ko").oninput = $("en").oninput = () => { touched.texts = true; };
$("lang").onclick = () => { put("lang", lang = lang === "ko" ? "en" : "ko"); render(); };
addEventListener("storage", () => { lang = get("lang") || lang; render(); });
addEventListener("resize", () => { if (state && signedIn) drawChart(); });
addEventListener("online", look);
setInterval(tick, 1000);
render();
look();
