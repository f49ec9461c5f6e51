// The picture of everything live: the rows of the streams, and pulses where something changed.

import type {Columns} from '../../live/protocol';
import {countSize, type RowAt, streamLooks} from './looks';
import {type Leg, Motion, mercatorX, mercatorY, placeAt} from './motion';
import type {Scene} from './overlay';
import type {Camera} from './painter';
import {type Colour, Sprites} from './sprites';

/** An object in the picture. */
export interface Drawn {
  readonly stream: string;
  readonly key: string;
  /** Where it is drawn, in Mercator units. */
  readonly x: number;
  readonly y: number;
  readonly leg: Leg;
}

interface Stream {
  columns: Columns;
  readonly motion: Motion;
  readonly keys: Map<number, string>;
}

interface Pulse {
  readonly leg: Leg;
  readonly until: number;
}

const pulseMs = 1_800;
/** Of a great many changes at once, so many pulse. */
const mostPulses = 600;
const pulseColour: Colour = [140, 240, 255, 230];
const selectedColour: Colour = [255, 255, 255, 235];
const labelPx = 12;
/** A count of less is too small a disc to write in. */
const labelled = 4;

export class LiveScene implements Scene {
  readonly sprites = new Sprites();
  readonly #streams = new Map<string, Stream>();
  #pulses: Pulse[] = [];
  #selected: {readonly stream: string; readonly key: string} | null = null;
  #changed = true;
  #zoom = -1;
  /** How many changes have pulsed. */
  pulsed = 0;

  /** How much larger than on a screen of 1920 × 1080 everything is drawn; how old a row may grow, by stream. */
  constructor(
    private readonly factor: number,
    private readonly staleMs: (stream: string) => number,
  ) {}

  /** Milliseconds that the server's clock is ahead of the page's. */
  aheadMs = 0;

  /** Takes the rows of a stream; now is the page's clock in ms. */
  take(stream: string, columns: Columns, now: number): void {
    const known = this.#streams.get(stream);
    const keys = new Map<number, string>();
    const names = new Map(columns.named);
    for (const handle of columns.handle) keys.set(handle, names.get(handle) ?? known?.keys.get(handle) ?? '');
    const motion = known && known.columns.lod === columns.lod ? known.motion : new Motion();
    motion.update(columns, now);
    this.#streams.set(stream, {columns, motion, keys});
    this.#changed = true;
  }

  drop(stream: string): void {
    this.#changed = this.#streams.delete(stream) || this.#changed;
  }

  pulse(lonLat: Float64Array, now: number): void {
    for (let i = 0; i + 1 < lonLat.length && this.#pulses.length < mostPulses; i += 2) {
      this.pulsed++;
      const [x, y] = [mercatorX(lonLat[i] ?? 0), mercatorY(lonLat[i + 1] ?? 0)];
      // A second ring follows the first.
      for (const later of [0, 400]) {
        const start = now + later;
        const leg = {t: 0, x0: x, y0: y, x1: x, y1: y, start, duration: 0, h0: Number.NaN, h1: Number.NaN};
        this.#pulses.push({leg, until: start + pulseMs});
      }
    }
    this.#changed = true;
  }

  select(selected: {readonly stream: string; readonly key: string} | null): void {
    this.#selected = selected;
    this.#changed = true;
  }

  columns(stream: string): Columns | undefined {
    return this.#streams.get(stream)?.columns;
  }

  /** The objects of a stream, where they are drawn now; none while only counts are. */
  *drawn(stream: string, now: number): Iterable<Drawn> {
    const held = this.#streams.get(stream);
    if (held?.columns.lod !== 'objects') return;
    for (const [handle, leg] of held.motion.legs) {
      yield {stream, key: held.keys.get(handle) ?? '', ...placeAt(leg, now), leg};
    }
  }

  moving(now: number): boolean {
    if (this.#changed || this.#pulses.length > 0) return true;
    for (const {motion} of this.#streams.values()) if (motion.moving(now)) return true;
    return false;
  }

  compose({zoom, matrix}: Camera, now: number): boolean {
    const done = this.#pulses.findIndex(({until}) => until <= now) >= 0;
    if (done) this.#pulses = this.#pulses.filter(({until}) => until > now);
    if (!this.#changed && !done && zoom === this.#zoom) return false;
    this.#changed = false;
    this.#zoom = zoom;
    this.sprites.clear(middle(matrix), now);
    for (const name of streamLooks.keys()) {
      const stream = this.#streams.get(name);
      if (stream?.columns.lod === 'objects') this.#objects(name, stream, zoom, now);
      else if (stream) this.#counts(name, stream);
    }
    for (const {leg} of this.#pulses) {
      this.sprites.add(leg, {shape: 'ring', size: 54 * this.factor, colour: pulseColour, life: pulseMs});
    }
    return true;
  }

  #objects(name: string, {columns, motion, keys}: Stream, zoom: number, now: number): void {
    const look = streamLooks.get(name);
    if (!look) return;
    const {factor, sprites} = this;
    // The row's time is by the server's clock, the picture's by the page's.
    const clock = Date.now() + this.aheadMs - now;
    const stale = this.staleMs(name) - clock;
    for (let index = 0; index < columns.handle.length; index++) {
      const handle = columns.handle[index] ?? 0;
      const leg = motion.legs.get(handle);
      if (!leg) continue;
      const row: RowAt = {columns, index, fadesAt: (columns.t[index] ?? 0) + stale};
      for (const one of look.looks(row, zoom)) sprites.add(leg, {...one, size: one.size * factor});
      const label = look.label(row, zoom);
      if (label !== '') sprites.label(leg, label, labelPx * factor, 16 * factor);
      if (this.#selected?.stream === name && keys.get(handle) === this.#selected.key) {
        sprites.add(leg, {shape: 'ring', size: 44 * factor, colour: selectedColour});
      }
    }
  }

  #counts(name: string, {columns, motion}: Stream): void {
    const look = streamLooks.get(name);
    if (!look) return;
    for (let index = 0; index < columns.handle.length; index++) {
      const leg = motion.legs.get(columns.handle[index] ?? 0);
      const n = columns.numbers.n?.[index] ?? 0;
      if (!leg || !(n > 0)) continue;
      this.sprites.add(leg, {shape: 'disc', size: countSize(n) * this.factor, colour: look.colour});
      if (n >= labelled) this.sprites.label(leg, String(n), labelPx * this.factor);
    }
  }
}

/** A place in the middle of what a camera sees, in Mercator units: where clip space is 0, 0. */
function middle(matrix: ArrayLike<number>): {x: number; y: number} {
  const [a, b, c, d, e, f] = [0, 4, 12, 1, 5, 13].map((i) => matrix[i] ?? 0) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const determinant = a * e - b * d;
  if (determinant === 0) return {x: 0.5, y: 0.5};
  return {x: (b * f - c * e) / determinant, y: (c * d - a * f) / determinant};
}
