// Where moving objects are drawn between their fixes: on the way from where they were drawn to where
// they were last reported, which takes as long as the fixes were apart, and never long.

import type {Columns} from '../../live/protocol';

/** What is drawn is at most so far behind the last fix. */
const longestMs = 1_500;
const shortestMs = 150;
/** Fixes arrive a little unevenly; so much slower than they were taken, nothing stops in between. */
const slack = 1.15;
/** Whoever was silent for so long has not gone straight: the object is drawn where it is. */
const silentMs = 30_000;
const degrees = Math.PI / 180;

/** A way in Mercator units (0 to 1, from the top left) and radians clockwise from north. */
export interface Leg {
  /** Unix ms of the fix at its end. */
  readonly t: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** By the page's clock, ms. */
  readonly start: number;
  readonly duration: number;
  /** NaN where nobody knows; the end is at most half a turn from the start. */
  readonly h0: number;
  readonly h1: number;
}

/** The legs of the objects of one stream, by handle. */
export class Motion {
  #legs = new Map<number, Leg>();

  get legs(): ReadonlyMap<number, Leg> {
    return this.#legs;
  }

  /** Takes the rows there are; now is the page's clock in ms. */
  update({handle, t, lon, lat, numbers}: Columns, now: number): void {
    const legs = new Map<number, Leg>();
    for (let i = 0; i < handle.length; i++) {
      const key = handle[i] ?? 0;
      const fix = {
        t: t[i] ?? 0,
        x: mercatorX(lon[i] ?? 0),
        y: mercatorY(lat[i] ?? 0),
        heading: (numbers.h?.[i] ?? Number.NaN) * degrees,
      };
      const before = this.#legs.get(key);
      legs.set(key, before ? goOn(before, fix, now) : stand(fix, now));
    }
    this.#legs = legs;
  }

  /** Whether anything is on its way. */
  moving(now: number): boolean {
    for (const {start, duration} of this.#legs.values()) if (start + duration > now) return true;
    return false;
  }
}

interface Fix {
  readonly t: number;
  readonly x: number;
  readonly y: number;
  readonly heading: number;
}

function stand({t, x, y, heading}: Fix, now: number): Leg {
  return {t, x0: x, y0: y, x1: x, y1: y, start: now, duration: 0, h0: heading, h1: heading};
}

function goOn(before: Leg, fix: Fix, now: number): Leg {
  const gap = fix.t - before.t;
  const same = before.x1 === fix.x && before.y1 === fix.y && Object.is(wrap(before.h1), wrap(fix.heading));
  if (same) return before.t === fix.t ? before : {...before, t: fix.t};
  if (gap > silentMs) return stand(fix, now);
  const {x, y, heading} = placeAt(before, now);
  return {
    t: fix.t,
    x0: x,
    y0: y,
    x1: fix.x,
    y1: fix.y,
    start: now,
    duration: Math.min(longestMs, Math.max(shortestMs, gap * slack)),
    h0: Number.isNaN(heading) ? fix.heading : heading,
    h1: Number.isNaN(heading) ? fix.heading : heading + turn(heading, fix.heading),
  };
}

/** Where on its leg an object is drawn. */
export function placeAt({x0, y0, x1, y1, h0, h1, start, duration}: Leg, now: number): Omit<Fix, 't'> {
  const part = duration > 0 ? Math.min(1, Math.max(0, (now - start) / duration)) : 1;
  return {x: x0 + (x1 - x0) * part, y: y0 + (y1 - y0) * part, heading: h0 + (h1 - h0) * part};
}

/** The shorter way from one heading to another, in radians. */
function turn(from: number, to: number): number {
  return wrap(to - from + Math.PI) - Math.PI;
}

function wrap(heading: number): number {
  const round = 2 * Math.PI;
  return ((heading % round) + round) % round;
}

export function mercatorX(lon: number): number {
  return (lon + 180) / 360;
}

export function mercatorY(lat: number): number {
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * degrees) / 2)) / (2 * Math.PI);
}
