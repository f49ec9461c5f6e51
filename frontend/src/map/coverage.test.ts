import {expect, it} from 'vitest';
import {sumCoverage} from './coverage';

const tile = (layer: string, total: number, shown: number, more: Record<string, unknown> = {}) => ({
  layer,
  total,
  shown,
  cut: shown < total,
  as_of: '2026-11-22T01:00:00Z',
  synthetic: true,
  thinned: false,
  ...more,
});

it('knows nothing where there are no tiles', () => {
  expect(sumCoverage([])).toEqual(new Map());
});

it('adds up tiles layer by layer', () => {
  expect(sumCoverage([tile('component', 12, 12), tile('pipeline', 7, 3), tile('component', 30, 30)])).toEqual(
    new Map([
      ['component', {total: 42, shown: 42, thinned: false, asOf: '2026-11-22T01:00:00Z'}],
      ['pipeline', {total: 7, shown: 3, thinned: false, asOf: '2026-11-22T01:00:00Z'}],
    ]),
  );
});

it('is thinned when one tile is, and as old as the oldest', () => {
  const old = tile('component', 2, 2, {thinned: true, as_of: '2026-11-22T00:59:59.5Z'});
  for (const tiles of [
    [old, tile('component', 1, 1)],
    [tile('component', 1, 1), old],
  ]) {
    expect(sumCoverage(tiles).get('component')).toEqual({
      total: 3,
      shown: 3,
      thinned: true,
      asOf: '2026-11-22T00:59:59.5Z',
    });
  }
});
