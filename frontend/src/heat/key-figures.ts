// The figures that an evening is remembered by: its peak, and how fast people left after it.

import type {Count} from './history-api';

/** The crowd has left when so many are still there. */
export const leftOver = 10_000;
/** A peak is over once so much of it has gone; a dip of a few per cent is none. */
const gone = 0.05;

/** How the crowd leaves after its peak. */
export type Dispersal =
  | {readonly state: 'before'}
  /** Expected is when the forecast has few enough left; null if it does not reach so far. */
  | {readonly state: 'running'; readonly sinceMs: number; readonly expected: number | null}
  | {readonly state: 'done'; readonly tookMs: number; readonly at: number};

export interface KeyFigures {
  readonly peak: Count;
  /** Null where there never was more than leftOver. */
  readonly dispersal: Dispersal | null;
}

/** The key figures of a curve, with a forecast of how it goes on; null where there is no curve. */
export function keyFiguresOf(curve: readonly Count[], forecast: readonly Count[]): KeyFigures | null {
  const last = curve.at(-1);
  if (!last) return null;
  const peak = curve.reduce((most, one) => (one.n > most.n ? one : most), last);
  return {peak, dispersal: peak.n > leftOver ? dispersal(peak, last, curve, forecast) : null};
}

function dispersal(peak: Count, last: Count, curve: readonly Count[], forecast: readonly Count[]): Dispersal {
  const left = curve.find(({t, n}) => t > peak.t && n <= leftOver);
  if (left) return {state: 'done', tookMs: left.t - peak.t, at: left.t};
  if (last.n > peak.n * (1 - gone)) return {state: 'before'};
  const expected = forecast.find(({t, n}) => t > last.t && n <= leftOver);
  return {state: 'running', sinceMs: last.t - peak.t, expected: expected?.t ?? null};
}
