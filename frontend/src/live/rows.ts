// The rows of a subscription: replaced as a whole by snapshots, which are built aside, and changed by
// deltas.

import type {BBox, DeltaFrame, Row, SnapFrame} from './protocol';

export class RowTable {
  /** "objects", or the resolution of the cells that the rows count. */
  lod = 'objects';
  #rows: ReadonlyMap<string, Row> & Map<string, Row> = new Map();
  #aside = new Map<string, Row>();
  #parts: DeltaFrame[] = [];

  get rows(): ReadonlyMap<string, Row> {
    return this.#rows;
  }

  /** Takes a part of a snapshot, and tells whether it was the last and the table is another now. */
  snap({part, of, lod, rows}: SnapFrame): boolean {
    if (part === 1) this.#aside = new Map();
    for (const row of rows) if (isPlaced(row)) this.#aside.set(row.k, row);
    if (part < of) return false;
    this.#rows = this.#aside;
    this.#aside = new Map();
    this.#parts = [];
    this.lod = lod;
    return true;
  }

  /** Takes a part of a delta; all are applied with the last, and then it tells so. */
  delta(frame: DeltaFrame): boolean {
    const {part = 1, of = 1} = frame;
    if (part === 1) this.#parts = [];
    this.#parts.push(frame);
    if (part < of) return false;
    for (const one of this.#parts) this.#apply(one);
    this.#parts = [];
    return true;
  }

  #apply({up, leave, del, bbox}: DeltaFrame): void {
    for (const row of up) {
      const held = this.#rows.get(row.k);
      if (isPlaced(row) && !(held && held.ver > row.ver)) this.#rows.set(row.k, row);
    }
    for (const key of leave) this.#rows.delete(key);
    for (const key of del) this.#rows.delete(key);
    if (!bbox || this.lod !== 'objects') return; // cells that leave are named
    for (const [key, row] of this.#rows) if (!contains(bbox, row)) this.#rows.delete(key);
  }
}

/** Whether a place lies in a box; the box is half open. */
export function contains([west, south, east, north]: BBox, {lon, lat}: {lon: number; lat: number}): boolean {
  return west <= lon && lon < east && south <= lat && lat < north;
}

function isPlaced({k, lon, lat}: Row): boolean {
  return typeof k === 'string' && Number.isFinite(lon) && Number.isFinite(lat);
}
