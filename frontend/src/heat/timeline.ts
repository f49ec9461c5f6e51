// The minutes that can be looked at, and the ways from one to another.

import type {Stored} from './history-api';

export const minuteMs = 60_000;

/** The stored minute that is nearest to a time. */
export function nearestMinute(at: number, {first, last, gaps}: Stored): number {
  const minute = Math.min(last, Math.max(first, Math.round(at / minuteMs) * minuteMs));
  const gap = gaps.find(([from, to]) => from <= minute && minute <= to);
  if (!gap) return minute;
  const [before, after] = [gap[0] - minuteMs, gap[1] + minuteMs];
  return minute - before <= after - minute ? before : after;
}

/** The stored minute so many minutes on, or back; what is missing is passed over. */
export function stepped(at: number, minutes: number, stored: Stored): number {
  const {first, last, gaps} = stored;
  const target = Math.min(last, Math.max(first, at + minutes * minuteMs));
  const gap = gaps.find(([from, to]) => from <= target && target <= to);
  if (!gap) return nearestMinute(target, stored);
  return minutes > 0 ? gap[1] + minuteMs : gap[0] - minuteMs;
}

/** How fast the stored minutes go by: so many of them a step, a step so often. */
export interface Pace {
  /** As many times as fast as it was. */
  readonly times: number;
  readonly minutes: number;
  readonly everyMs: number;
}

export const paces: readonly [Pace, ...Pace[]] = [
  {times: 60, minutes: 1, everyMs: 1_000},
  {times: 240, minutes: 2, everyMs: 500},
  {times: 600, minutes: 5, everyMs: 500},
];

/** Where a key moves to: a minute, null for what is live, undefined if it moves nowhere. */
export function keyMove(key: string, at: number, stored: Stored): number | null | undefined {
  const minutes = keySteps[key];
  if (minutes !== undefined) return stepped(at, minutes, stored);
  if (key === 'Home') return stored.first;
  if (key === 'End') return null;
  return undefined;
}

const keySteps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -15,
  PageUp: 15,
};
