// The draw as `app.line.draw` has it: SHA-256 comes from the browser, the rest is here to be read.
export const ROUNDS = 90;
const bytes = text => new TextEncoder().encode(text);
export const unhex = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
export const hex = data => Array.from(data, byte => byte.toString(16).padStart(2, "0")).join("");
export const sha256 = async data => new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(data)));

function number(value, length, little) {
	const view = new DataView(new ArrayBuffer(length));
	if (length === 8) view.setBigUint64(0, BigInt(value), little);
	else view.setUint32(0, value, little);
	return new Uint8Array(view.buffer);
}

export const seedOf = (opening, size, secret) =>
	sha256([...bytes("floodgate-draw"), ...bytes(opening), ...number(size, 8, false), ...unhex(secret)]);

// counted from 0; who came after the doors stands at the number itself
export async function placeOf(seed, index, size) {
	if (index >= size) return index;
	for (let round = 0; round < ROUNDS; round++) {
		const head = (await sha256([...seed, round])).slice(0, 8);
		const pivot = Number(new DataView(head.buffer).getBigUint64(0, true) % BigInt(size));
		const partner = (pivot + size - index) % size, position = Math.max(index, partner);
		const bits = await sha256([...seed, round, ...number(position >>> 8, 4, true)]);
		if (bits[position % 256 >> 3] >> position % 8 & 1) index = partner;
	}
	return index;
}
