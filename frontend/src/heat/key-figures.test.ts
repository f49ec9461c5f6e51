import {describe, expect, it} from 'vitest';
import type {Count} from './history-api';
import {keyFiguresOf} from './key-figures';

/** Counts a minute apart. */
const curve = (...counts: number[]): Count[] => counts.map((n, minute) => ({t: minute * 60_000, n}));

describe('the key figures of a curve', () => {
  it('are none without a curve', () => {
    expect(keyFiguresOf([], [])).toBeNull();
  });

  it('have the first of equal peaks', () => {
    expect(keyFiguresOf(curve(10, 70, 70, 60), [])?.peak).toEqual({t: 60_000, n: 70});
  });

  it('have no clock where there never were many', () => {
    expect(keyFiguresOf(curve(9_000, 10_000, 3_000), [])?.dispersal).toBeNull();
  });

  it.each([
    ['while it rises', [30_000, 50_000, 77_000], {state: 'before'}],
    ['while it dips a little', [30_000, 77_000, 74_000], {state: 'before'}],
    ['after the peak', [77_000, 60_000, 40_000], {state: 'running', sinceMs: 120_000, expected: null}],
    ['when few are left', [77_000, 40_000, 10_000, 5_000], {state: 'done', tookMs: 120_000, at: 120_000}],
    ['though a few come back', [77_000, 10_000, 12_000], {state: 'done', tookMs: 60_000, at: 60_000}],
  ])('have the clock %s', (_, counts, want) => {
    expect(keyFiguresOf(curve(...counts), [])?.dispersal).toEqual(want);
  });

  it('expect the end when the forecast does', () => {
    const forecast = [
      {t: 60_000, n: 9_000}, // of a minute that has been counted since
      {t: 300_000, n: 20_000},
      {t: 600_000, n: 9_500},
    ];
    expect(keyFiguresOf(curve(77_000, 60_000), forecast)?.dispersal).toEqual({
      state: 'running',
      sinceMs: 60_000,
      expected: 600_000,
    });
  });
});
