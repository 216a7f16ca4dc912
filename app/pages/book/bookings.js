// What is booked: shown, put into a calendar, moved, cancelled; and what is waited for.
import { $, day as dayName, h, moment, number, pick, speaker } from "/shared/page.js";
import { ask, change } from "/shared/api.js";
import { WORDS } from "./words.js";
import { regionName } from "./where.js";
import * as state from "./state.js";

const t = speaker(WORDS);
const HALF_AN_HOUR_S = 1800;

const opened = booking => ({ headers: { "Floodgate-Receipt": booking.receipt } });
const path = booking => `/api/bookings/${encodeURIComponent(booking.reference)}`;

export const when = booking => moment(booking.starts_s, booking.zone);
export const where = booking => [pick(booking.clinic?.name), pick(booking.clinic?.address)].filter(Boolean).join(" · ");

// others may have moved or cancelled it with the same receipt
export async function renew() {
	for (const booking of state.bookings().slice(0, 3)) {
		try { state.keepBooking({ ...booking, ...(await ask("GET", path(booking), opened(booking))), receipt: booking.receipt }); } catch { /* shown as it was known */ }
	}
}

export async function cancel(booking) {
	const answer = await change("POST", `${path(booking)}/cancel`, opened(booking));
	state.keepBooking({ ...booking, ...answer, receipt: booking.receipt });
}

export async function move(booking, choice, clinicOf) {
	const answer = await change("POST", `${path(booking)}/change`, { body: choice, ...opened(booking) });
	state.keepBooking({ ...booking, ...answer, receipt: booking.receipt, clinic: clinicOf(answer.clinic_id) ?? booking.clinic });
	return state.bookings()[0];
}

export async function unwish(wish) {
	await change("DELETE", `/api/wishes/${wish.wish_id}`);
	state.dropWish(wish.wish_id);
}

export function draw(actions) {
	const bookings = state.bookings(), wishes = state.wishes();
	$("mine").hidden = !bookings.length && !wishes.length;
	$("mineList").replaceChildren(...bookings.map(one => bookingCard(one, actions)), ...wishes.map(one => wishCard(one, actions)));
}

function bookingCard(booking, { onMove, onCancel, shown }) {
	const gone = booking.state === "cancelled";
	const about = `${t("reference")} ${booking.reference}`;
	return h("li", { class: "card" },
		h("h3", {}, about, gone ? h("span", { class: "cancelled" }, ` · ${t("cancelled")}`) : null),
		h("p", {}, when(booking)), h("p", { class: "hint" }, where(booking)),
		gone ? null : h("div", { class: "row" },
			h("button", { class: "plain", type: "button", "aria-label": `${t("move")}, ${about}`, onclick: () => onMove(booking) }, t("move")),
			h("button", { class: "plain", type: "button", "aria-label": `${t("cancel")}, ${about}`, onclick: () => onCancel(booking) }, t("cancel")),
			shown?.reference === booking.reference ? null
				: h("button", { class: "plain", type: "button", "aria-label": `${t("calendar")}, ${about}`, onclick: () => toCalendar(booking) }, t("calendar"))));
}

function wishCard(wish, { onUnwish }) {
	const day = wish.day ? dayName(wish.day) : t("anyDayWord");
	return h("li", { class: "card" },
		h("h3", {}, t("wishHead")), h("p", {}, `${regionName(wish.region)} · ${day}`),
		h("p", { class: "hint" }, t("wishAhead", { n: number(wish.ahead) })),
		h("div", { class: "row" }, h("button", { class: "plain", type: "button", onclick: () => onUnwish(wish) }, t("unwish"))));
}

// iCalendar (RFC 5545): lines end in CR LF, and text escapes backslash, semicolon and comma
export function calendar(booking) {
	const utc = s => new Date(s * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
	const text = value => value.replace(/[\\;,]/g, sign => `\\${sign}`).replace(/\n/g, "\\n");
	return [
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Floodgate//Booking//EN", "BEGIN:VEVENT",
		`UID:${booking.reference}@${booking.opening}.floodgate`,
		`DTSTAMP:${utc(booking.booked_s)}`,
		`DTSTART:${utc(booking.starts_s)}`,
		`DTEND:${utc(booking.starts_s + HALF_AN_HOUR_S)}`,
		`SUMMARY:${text(`${pick(booking.title)} ${pick(booking.clinic?.name)}`.trim())}`,
		`LOCATION:${text(where(booking))}`,
		`DESCRIPTION:${text(`${t("reference")} ${booking.reference}`)}`,
		"END:VEVENT", "END:VCALENDAR", "",
	].join("\r\n");
}

export function toCalendar(booking) {
	const url = URL.createObjectURL(new Blob([calendar(booking)], { type: "text/calendar" }));
	const link = h("a", { href: url, download: `${booking.reference}.ics`, hidden: true });
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
}
