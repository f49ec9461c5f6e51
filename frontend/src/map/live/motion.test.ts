import {describe, expect, it} from 'vitest';
import type {Columns} from '../../live/protocol';
import {type Leg, Motion, mercatorX, mercatorY, placeAt} from './motion';

interface Fix {
  readonly t: number;
  readonly lon: number;
  readonly h?: number;
}

function columns({t, lon, h = 90}: Fix): Columns {
  return {
    lod: 'objects',
    handle: Uint32Array.of(7),
    t: Float64Array.of(t),
    lon: Float64Array.of(lon),
    lat: Float64Array.of(31.2),
    numbers: {h: Float64Array.of(h)},
    words: {},
    named: [],
  };
}

/** The leg of an object after fixes, each with the page's time of its arrival. */
function legAfter(...fixes: readonly (readonly [now: number, fix: Fix])[]): Leg {
  const motion = new Motion();
  for (const [now, fix] of fixes) motion.update(columns(fix), now);
  const leg = motion.legs.get(7);
  if (!leg) throw new Error('the object is gone');
  return leg;
}

const lonOf = (x: number) => x * 360 - 180;
const west = {t: 10_000, lon: 121.4};
const east = {t: 11_000, lon: 121.41};

describe('an object', () => {
  it('stands at its first fix', () => {
    const {x, y} = placeAt(legAfter([0, west]), 50);
    expect([x, y]).toEqual([mercatorX(121.4), mercatorY(31.2)]);
  });

  it('is on its way between two fixes, and stops at the last', () => {
    const leg = legAfter([0, west], [1_000, east]);
    const lons = [1_000, 1_575, 2_150, 60_000].map((now) => lonOf(placeAt(leg, now).x));
    for (const [i, want] of [121.4, 121.405, 121.41, 121.41].entries()) expect(lons[i]).toBeCloseTo(want, 9);
  });

  it.each([
    ['at once after a second of the same fix', 20, 150],
    ['as long as fixes are apart', 1_000, 1_150],
    ['never longer than one and a half seconds', 20_000, 1_500],
  ])('takes its way %s', (_, gap, want) => {
    expect(legAfter([0, west], [1_000, {t: west.t + gap, lon: 121.41}]).duration).toBe(want);
  });

  it('goes on from where it is drawn when a fix comes early', () => {
    const leg = legAfter([0, west], [1_000, east], [1_575, {t: 11_500, lon: 121.42}]);
    expect(lonOf(leg.x0)).toBeCloseTo(121.405, 9);
    expect(lonOf(leg.x1)).toBeCloseTo(121.42, 9);
  });

  it('does not slide across the city after a long silence', () => {
    const leg = legAfter([0, west], [60_000, {t: 70_000, lon: 121.8}]);
    expect([leg.duration, lonOf(leg.x0)]).toEqual([0, expect.closeTo(121.8, 9)]);
  });

  it('is not set off by a row that says the same', () => {
    const first = legAfter([0, west]);
    expect(legAfter([0, west], [500, west])).toEqual(first);
  });

  it.each([
    [350, 10, 370],
    [10, 350, -10],
    [90, 180, 180],
    [0, 180, -180],
  ])('turns the short way from %i° to %i°', (from, to, want) => {
    const {h1} = legAfter([0, {...west, h: from}], [1_000, {...east, h: to}]);
    expect((h1 * 180) / Math.PI).toBeCloseTo(want, 9);
  });

  it('keeps no memory of what is gone', () => {
    const motion = new Motion();
    motion.update(columns(west), 0);
    motion.update({...columns(west), handle: new Uint32Array()}, 1);
    expect(motion.legs.size).toBe(0);
  });
});
