// How long to wait before connecting again: full jitter, so that the screens of a city do not all
// come back in the same moment.

const baseMs = 1_000;
const capMs = 30_000;
/** A connection that held so long clears the count of failures. */
export const healthyMs = 60_000;

/** The codes after which the same client would only fail again. */
const final = new Set([1000, 1009, 4000, 4002, 4003, 4011]);

export function reconnects(code: number): boolean {
  return !final.has(code);
}

/** Milliseconds to wait after so many failures in a row; atLeast is what the server asked for. */
export function backoff(failures: number, atLeast: number, random: () => number): number {
  return random() * Math.max(atLeast, Math.min(capMs, baseMs * 2 ** Math.min(failures, 10)));
}
