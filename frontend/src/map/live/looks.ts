// How the streams look: shapes by kind, colours by state.

import type {Columns} from '../../live/protocol';
import type {Colour, Look} from './sprites';

/** How the rows of a stream are drawn. */
export interface StreamLook {
  /** Of counts, and in lists. */
  readonly colour: Colour;
  /** From this zoom all are shown; from afar only those that matter. */
  readonly allFrom: number;
  /** What the stream is asked for from afar, in CQL2; empty asks for all. */
  readonly afar: string;
  /** The cells that it is counted by at a zoom, as live/1 names them; null shows the objects, if the server can. */
  cells(zoom: number): string | null;
  /** The fields that the picture needs. */
  readonly fields: readonly string[];
  /** What a row is made of, painted in this order. */
  looks(row: RowAt, zoom: number): Look[];
  /** What is written beside it, or empty. */
  label(row: RowAt, zoom: number): string;
}

/** A row of columns. */
export interface RowAt {
  readonly columns: Columns;
  readonly index: number;
  /** By the page's clock in ms: when it is too old to count as current. */
  readonly fadesAt: number;
}

const parked: Colour = [146, 166, 188, 255];
const onTask: Colour = [200, 150, 255, 255];
const emergency: Colour = [255, 72, 92, 255];
const emergencyGlow: Colour = [255, 72, 92, 150];

/** From this zoom things that move have a shape; from afar they are dots, but for those in an emergency. */
const nearFrom = 12;
const standing = 1;
const task = 3;
const urgent = 4;

/** Things that move: an arrow in their direction, a dot where they stand. */
function movers(shape: 'arrow' | 'shield', colour: Colour, grown: number, cells: StreamLook['cells']): StreamLook {
  return {
    colour,
    cells,
    allFrom: 0,
    afar: '',
    fields: ['s', 'h', 'st', 'synthetic'],
    looks({columns, index, fadesAt}, zoom) {
      const state = columns.numbers.st?.[index] ?? 0;
      const still = state === standing;
      const size = sizeAt(zoom) * grown;
      const far = zoom < nearFrom && state !== urgent;
      const own = stateColours.get(state) ?? colour;
      if (far) return [{shape: 'dot', size: 8, colour: own, fadesAt}];
      const body: Look = still
        ? {
            shape: shape === 'shield' ? 'shield' : 'dot',
            size: size * (shape === 'shield' ? 0.8 : 0.62),
            colour: own,
            fadesAt,
          }
        : {shape, size, colour: own, turned: shape === 'arrow', fadesAt};
      return state === urgent ? [{shape: 'glow', size: size * 2.6, colour: emergencyGlow, fadesAt}, body] : [body];
    },
    label: () => '',
  };
}

const calm: Colour = [112, 190, 236, 255];
const over: Colour = [255, 82, 82, 255];
const overGlow: Colour = [255, 82, 82, 120];

const sensors: StreamLook = {
  colour: calm,
  cells: () => null,
  allFrom: 15,
  afar: 'over = true',
  fields: ['value', 'over', 'synthetic'],
  looks({columns, index, fadesAt}, zoom) {
    const size = sizeAt(zoom);
    if (columns.numbers.over?.[index] !== 1) return [{shape: 'sensor', size: size * 0.66, colour: calm, fadesAt}];
    return [
      {shape: 'glow', size: size * 2, colour: overGlow, fadesAt},
      {shape: 'alarm', size: size * 1.1, colour: over, fadesAt},
    ];
  },
  label({columns, index}, zoom) {
    const value = columns.numbers.value?.[index] ?? Number.NaN;
    const alarming = columns.numbers.over?.[index] === 1;
    if (Number.isNaN(value) || zoom < (alarming ? 13 : 16.5)) return '';
    return String(Number(value.toPrecision(3)));
  },
};

/** What the colours of things that move mean, by state code; driving has the stream's own. */
export const stateColours: ReadonlyMap<number, Colour> = new Map([
  [standing, parked],
  [task, onTask],
  [urgent, emergency],
]);

/** The streams that the page draws, the lowest first. */
export const streamLooks: ReadonlyMap<string, StreamLook> = new Map([
  ['sensors', sensors],
  ['vehicles', movers('arrow', [70, 240, 176, 255], 1, coarse)],
  ['patrols', movers('shield', [96, 170, 255, 255], 1.12, () => null)],
]);

/** Cells of some 50 CSS pixels, so that a number has room in each. */
function coarse(zoom: number): string | null {
  return zoom < 10 ? 'h3:6' : zoom < 11.5 ? 'h3:7' : zoom < 12.5 ? 'h3:8' : null;
}

/** CSS pixels of a shape: small enough that a district's vehicles do not hide it, large enough to hit. */
function sizeAt(zoom: number): number {
  return 10 + 14 * Math.min(1, Math.max(0, (zoom - 11) / 6));
}

/** CSS pixels across of a count: its area grows with the count. */
export function countSize(n: number): number {
  return Math.min(48, 9 + 5 * Math.sqrt(n));
}
