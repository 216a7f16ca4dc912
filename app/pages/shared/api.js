// Asking the service: problems as RFC 9457 tells them, and changes that may be sent again without happening twice.
import { get, put } from "./page.js";

const PATIENCE_MS = 15000, TRIES = 4, KEPT_MS = 3600000;
const pause = ms => new Promise(done => setTimeout(done, ms));
const running = new Map();

export class Problem extends Error {
	constructor(code, status, after = 0, detail = "") {
		super(code);
		Object.assign(this, { code, status, after, detail });
	}

	// whether nobody knows if it has happened: nothing came back, or something on the way was away
	get open() {
		return this.status === 0 || this.status >= 500 || this.code === "overloaded";
	}
}

export async function ask(method, path, { body, headers } = {}) {
	let answer;
	try {
		answer = await fetch(path, {
			method,
			signal: AbortSignal.timeout?.(PATIENCE_MS),
			headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		if (answer.status === 204) return null;
		const said = await answer.json();
		if (answer.ok) return said;
		const code = String(said.type ?? "").split("/").pop() || "internal";
		throw new Problem(code, answer.status, Number(answer.headers.get("Retry-After")) || 0, said.detail);
	} catch (error) {
		if (error instanceof Problem) throw error;
		// an answer that is no JSON comes from something in between
		throw new Problem("unavailable", answer?.ok ? 0 : answer?.status ?? 0);
	}
}

// One action has one key until its answer is known, also over a reload; who clicks twice gets the same answer.
export function change(method, path, { body, headers } = {}) {
	const action = `${method} ${path} ${JSON.stringify(body ?? null)}`;
	if (!running.has(action)) {
		const going = insist(action, method, path, body, headers).finally(() => running.delete(action));
		running.set(action, going);
	}
	return running.get(action);
}

async function insist(action, method, path, body, headers) {
	const key = keyOf(action);
	for (let tries = 1; ; tries++) {
		try {
			const said = await ask(method, path, { body, headers: { ...headers, "Idempotency-Key": key } });
			forget(action);
			return said;
		} catch (problem) {
			if (!problem.open) {
				if (problem.status !== 429) forget(action);
				throw problem;
			}
			if (tries === TRIES) throw problem;
			await pause(Math.max(2 ** tries * 250 * (0.5 + Math.random()), Math.min(problem.after, 10) * 1000));
		}
	}
}

function keyOf(action) {
	const keys = kept();
	keys[action] ??= { key: crypto.randomUUID?.() ?? random(), at: Date.now() };
	put("keys", keys);
	return keys[action].key;
}

function forget(action) {
	const keys = kept();
	delete keys[action];
	put("keys", keys);
}

function kept() {
	const young = Object.entries(get("keys") ?? {}).filter(([, { at }]) => Date.now() - at < KEPT_MS);
	return Object.fromEntries(young);
}

// randomUUID is missing without TLS
const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
