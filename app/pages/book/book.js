// The way through the booking: which step is shown, what each button does, and what each problem leads to.
import { $, get, moment, onLanguage, pick, put, say, show, span, speaker, translate } from "/shared/page.js";
import { ask, change, Problem } from "/shared/api.js";
import { sentence } from "/shared/problems.js";
import { WORDS } from "./words.js";
import * as bookings from "./bookings.js";
import * as state from "./state.js";
import * as where from "./where.js";
import * as who from "./who.js";

const t = speaker(WORDS);
const SECTIONS = ["gate", "who", "where", "held", "done"];
const HEADS = { gate: "hGate", who: "hWho", where: "hWhere", held: "hHeld", done: "hDone" };
const STEPS = { who: 0, where: 1, held: 2, done: 3 };
const LOOK_AGAIN_MS = 20000;
let doc = get("doc"), view = "", busy = "", problem = null, told = null, finished = null, moving = null, spoken = new Set();

const now = () => Date.now() / 1000;
const zone = () => doc?.zone ?? "Asia/Seoul";

function viewNow() {
	const visit = state.visit();
	if (finished && !moving) return "done";
	if (!visit) return "gate";
	if (!visit.proven) return "who";
	return state.held() && !moving ? "held" : "where";
}

function render({ focus = false } = {}) {
	const was = view;
	view = viewNow();
	if (was !== view) spoken = new Set();
	translate(WORDS);
	$("page").hidden = false;
	const title = pick(doc?.title) || "Floodgate";
	show("name", title);
	show("head", t(view === "where" && moving ? "hMove" : HEADS[view]));
	document.title = `${$("head").textContent} · ${title}`;
	for (const id of SECTIONS) $(id).hidden = id !== view;
	steps();
	show("problem", problem ? sentence(problem) : null);
	show("tell", told && (typeof told === "function" ? told() : t(told)));
	show("gateText", t(state.wasInside() ? "gateOver" : "gateText"));
	who.draw(doc);
	for (const [id, idle, working] of [["check", "check", "checking"], ["confirmGo", "confirm", "confirming"]]) {
		$(id).textContent = t(busy === working ? working : idle);
		$(id).setAttribute("aria-disabled", String(busy === working));
	}
	$("movingBox").hidden = !moving;
	show("moving", moving ? t("moving", { r: moving.reference }) : "");
	if (view === "where") {
		where.draw(take);
		if (!$("wishPhone").value) $("wishPhone").value = state.contact();
	}
	if (view === "held") heldCard();
	if (view === "done") doneCard();
	bookings.draw({ onMove: startMoving, onCancel: cancel, onUnwish: unwish, shown: view === "done" ? finished : null });
	tick();
	if (focus || (was && was !== view)) $("head").focus();
}

function steps() {
	const step = STEPS[view];
	$("steps").hidden = step === undefined || moving !== null;
	[...$("steps").children].forEach((item, i) => {
		item.className = i < step ? "done" : "";
		i === step ? item.setAttribute("aria-current", "step") : item.removeAttribute("aria-current");
	});
}

function heldCard() {
	const held = state.held();
	show("heldWhat", moment(held.starts_s, zone()));
	show("heldWhere", bookings.where(held));
	if (!$("contactPhone").value) $("contactPhone").value = state.contact();
}

function doneCard() {
	show("doneRef", finished.reference);
	show("doneWhat", bookings.when(finished));
	show("doneWhere", bookings.where(finished));
}

// Each second: what is left inside and of the hold; spoken at five minutes and at one.
function tick() {
	const visit = state.visit(), left = visit ? visit.until_s - now() : 0;
	$("left").hidden = !visit || view === "done";
	$("leftTime").textContent = span(left);
	$("left").classList.toggle("soon", left < 120);
	if (visit) speakAt("left", left, "leftSay");
	const held = state.held();
	if (held && view === "held") {
		$("heldTime").textContent = span(held.until_s - now());
		speakAt("held", held.until_s - now(), "heldSay");
	}
}

function speakAt(what, left, key) {
	for (const minutes of [1, 5]) {
		if (left > minutes * 60 || left < minutes * 60 - 5 || spoken.has(what + minutes)) continue;
		spoken.add(what + minutes);
		say(t(key, { n: minutes }));
	}
}

function watchTime() {
	tick();
	if (busy || view === viewNow()) return;
	if (view === "held" && viewNow() === "where") {
		state.setHeld(null);
		met(new Problem("hold-expired", 410));
		refresh();
	}
	render();
}

// Run one action at a time; a problem is told, and what follows from it is done.
async function act(name, action) {
	if (busy) return;
	busy = name;
	problem = told = null;
	render();
	try {
		await action();
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		await met(error);
	} finally {
		busy = "";
		render();
	}
}

const FOLLOWS = {
	"no-pass": () => state.setVisit({ ...get("visit"), until_s: 0 }),
	"not-proven": () => state.setVisit({ ...get("visit"), proven: false }),
	"hold-expired": () => state.setHeld(null),
	"already-booked": () => state.setHeld(null),
	unknown: () => state.setHeld(null),
	"place-used": () => state.setVisit({ ...get("visit"), until_s: 0 }),
	"bad-ticket": () => state.setVisit(null),
};

async function met(error) {
	problem = error;
	FOLLOWS[error.code]?.();
	if (error.code === "no-pass" && (await comeIn())) problem = null;
	if (["slot-gone", "nothing-free", "hold-expired", "unknown"].includes(error.code)) await where.look().catch(() => {});
	if (error.code === "provider-down") await look();
}

async function look() {
	try { put("doc", doc = await ask("GET", "/queue/now-serving.json")); } catch { /* the last one stays */ }
	where.setZone(zone());
	render();
}

// whoever is in already gets a pass again: a second device, or an answer that was lost
async function comeIn() {
	if (state.visit() || !get("line")) return false;
	try { state.setVisit(await ask("POST", "/queue/enter")); } catch { return false; }
	return true;
}

async function begin() {
	const visit = state.visit();
	if (!visit?.proven) return;
	await where.load();
	await where.look();
}

async function refresh() {
	if (view !== "where" || busy) return;
	try { await where.look(); } catch (error) { if (error instanceof Problem) await met(error); }
	render();
}

const take = choice => act("holding", async () => {
	say(t("holding"));
	try { await takeOrMove(choice); } catch (error) {
		if (error.code === "slot-gone") where.isGone(choice.slot_id);
		throw error;
	}
});

async function takeOrMove(choice) {
	if (moving) {
		finished = await bookings.move(moving, choice, where.clinicOf);
		moving = null;
		told = "moved";
		say(t("moved"));
		return;
	}
	const held = await change("POST", "/api/holds", { body: choice });
	state.setHeld({ ...held, clinic: where.clinicOf(held.clinic_id) });
}

function confirm() {
	const phone = $("contactPhone").value.trim(), email = $("email").value.trim();
	const good = who.checkedAll([
		["contactPhone", who.PHONE.test(phone), "needPhone"],
		["email", !email || /^[^@\s]+@[^@\s]+$/.test(email), "needEmail"],
	]);
	if (!good) return null;
	return act("confirming", async () => {
		const held = state.held();
		if (!held) throw new Problem("hold-expired", 410);
		const contact = email ? { phone, email } : { phone };
		const booked = await change("POST", "/api/bookings", { body: { hold_id: held.hold_id, contact } });
		const more = { clinic: held.clinic, zone: zone(), title: doc?.title, opening: doc?.opening, place: state.visit()?.place, booked_s: Math.floor(now()) };
		state.keepBooking({ ...booked, ...more });
		state.setHeld(null);
		finished = state.bookings()[0];
	});
}

const release = () => act("releasing", async () => {
	const held = state.held();
	try { if (held) await change("DELETE", `/api/holds/${held.hold_id}`); } finally { state.setHeld(null); }
	await begin();
});

function startMoving(booking) {
	problem = told = null;
	if (!state.visit()) { told = "moveNo"; return render({ focus: true }); }
	moving = booking;
	return act("moving", begin).then(() => render({ focus: true }));
}

function stopMoving() {
	moving = null;
	render({ focus: true });
}

async function cancel(booking) {
	$("sureText").textContent = t("sureText", { w: bookings.when(booking), c: pick(booking.clinic?.name) });
	$("sure").returnValue = "no";
	$("sure").showModal();
	await new Promise(done => $("sure").addEventListener("close", done, { once: true }));
	if ($("sure").returnValue !== "yes") return;
	await act("cancelling", async () => {
		await bookings.cancel(booking);
		if (finished?.reference === booking.reference) finished = null;
		told = "cancelDone";
	});
	$("tell").scrollIntoView({ block: "nearest" });
	say($("tell").textContent);
}

function wish() {
	const phone = $("wishPhone").value.trim();
	if (!who.checkedAll([["wishPhone", who.PHONE.test(phone), "needPhone"]])) return null;
	return act("wishing", async () => {
		const { region, day } = where.chosen(), any = $("wishAny").checked;
		const body = { region, contact: { phone }, ...(any ? {} : { day }) };
		const answer = await change("POST", "/api/wishes", { body });
		state.keepWish({ ...answer, region, ...(any ? {} : { day }) });
		told = () => t("wished", { n: answer.ahead });
		say(told());
	});
}

const unwish = wished => act("unwishing", async () => {
	await bookings.unwish(wished);
	told = "unwished";
});

function check() {
	const asked = who.filledIn();
	if (!asked) return null;
	if (asked.missing) { told = asked.missing; return render(); }
	return act("checking", async () => {
		await who.check(asked);
		say(t("checked"));
		await begin();
	});
}

const submit = (id, action) => $(id).addEventListener("submit", event => { event.preventDefault(); action(); });
submit("who", check);
submit("confirm", confirm);
submit("wish", wish);
submit("choice", () => {});
$("region").addEventListener("change", () => act("looking", where.regionChanged));
$("dayList").addEventListener("change", () => act("looking", where.look));
$("anyDay").addEventListener("click", () => take(where.chosen()));
$("anyTime").addEventListener("click", () => take({ region: where.chosen().region }));
$("again").addEventListener("click", () => act("looking", where.look).then(() => say(t("nowFree"))));
$("release").addEventListener("click", release);
$("stay").addEventListener("click", stopMoving);
$("calendar").addEventListener("click", () => bookings.toCalendar(finished));
addEventListener("storage", () => { if (!busy) render(); });
onLanguage(() => { where.drawChoices(); render(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) { render(); refresh(); } });

(async () => {
	render();
	await look();
	await comeIn();
	// one person has one booking, so who comes back with it sees it
	finished = state.bookings().find(one => one.state === "booked" && one.opening === state.visit()?.opening && one.place === state.visit().place) ?? null;
	try { await begin(); } catch (error) { if (error instanceof Problem) await met(error); }
	render();
	setInterval(watchTime, 1000);
	setInterval(() => { if (!document.hidden) refresh(); }, LOOK_AGAIN_MS);
	who.watch(look, () => view === "who");
	await bookings.renew();
	render();
})();
