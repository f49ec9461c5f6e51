// What the curve is drawn from: what was, what was foreseen and what is foreseen, by common times.

import uPlot from 'uplot';
import type {Count, Foreseen} from './history-api';
import {minuteMs} from './timeline';

/** The places of the columns. */
export const column = {
  time: 0,
  actual: 1,
  foreseen: 2,
  ahead: 3,
  high80: 4,
  low80: 5,
  high95: 6,
  low95: 7,
} as const;

/** Minutes without a count in between are a gap in the line. */
const gapMs = 3 * minuteMs;

/** The columns: Unix seconds, then the counts; undefined where a time belongs to another line. */
export function columnsOf(
  actual: readonly Count[],
  foreseen: readonly Count[],
  ahead: readonly Foreseen[],
): uPlot.AlignedData {
  const last = actual.at(-1);
  // The fan opens where the line ends, not a step after it.
  const tip: Foreseen[] = last
    ? [{...last, low80: last.n, high80: last.n, low95: last.n, high95: last.n}, ...ahead.filter(({t}) => t > last.t)]
    : [...ahead];
  const bands = ahead.length > 0 ? tip : [];
  return uPlot.join([
    lineOf(actual),
    lineOf(foreseen),
    [
      bands.map(({t}) => t / 1000),
      bands.map(({n}) => n),
      bands.map(({high80}) => high80),
      bands.map(({low80}) => low80),
      bands.map(({high95}) => high95),
      bands.map(({low95}) => low95),
    ],
  ]);
}

/** A line's times and counts, with a null where minutes are missing. */
function lineOf(counts: readonly Count[]): [number[], (number | null)[]] {
  const times: number[] = [];
  const values: (number | null)[] = [];
  let before: number | null = null;
  for (const {t, n} of counts) {
    if (before !== null && t - before > gapMs) {
      times.push((before + minuteMs) / 1000);
      values.push(null);
    }
    times.push(t / 1000);
    values.push(n);
    before = t;
  }
  return [times, values];
}
