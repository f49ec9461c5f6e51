// Writes binary frames of movers, for tests.

import {unknown16} from './binary';
import type {BBox, Row} from './protocol';

export interface MoversToWrite {
  readonly kind: 'snap' | 'delta';
  readonly sid: number;
  readonly from: number;
  readonly to: number;
  readonly part: number;
  readonly of: number;
  readonly now: number;
  readonly bbox: BBox | undefined;
  readonly rows: readonly Row[];
  readonly leave: readonly string[];
  readonly del: readonly string[];
  /** The keys whose names go along. */
  readonly names: readonly string[];
  handle(key: string): number;
}

export function encodeMovers(frame: MoversToWrite): ArrayBuffer {
  const {kind, sid, from, to, part, of, now, bbox, rows, leave, del, names, handle} = frame;
  const bytes: number[] = [];
  const put = (value: number, size: number) => {
    for (let i = 0; i < size; i++) bytes.push(Math.floor(value / 2 ** (8 * i)) & 0xff);
  };
  const column = (values: readonly number[], size: number) => {
    for (const value of values) put(value, size);
    while (bytes.length % 4 !== 0) bytes.push(0);
  };
  const fine = (value: number) => Math.round(value * 1e7) >>> 0;
  put(0x4c, 1);
  put(1, 1);
  put(kind === 'snap' ? 1 : 2, 1);
  put(1, 1);
  put(sid, 4);
  put(from, 8);
  put(to, 8);
  put(now, 8);
  put(0, 4);
  put(part, 2);
  put(of, 2);
  for (const count of [rows, leave, del, names]) put(count.length, 4);
  put(255, 1);
  put(bbox ? 1 : 0, 1);
  put(0, 6);
  column((bbox ?? []).map(fine), 4);
  column(
    rows.map(({k}) => handle(k)),
    4,
  );
  column(
    rows.map(({lon}) => fine(lon)),
    4,
  );
  column(
    rows.map(({lat}) => fine(lat)),
    4,
  );
  column(
    rows.map(({s}) => (typeof s === 'number' ? Math.round(s * 100) : unknown16)),
    2,
  );
  column(
    rows.map(({h}) => (typeof h === 'number' ? Math.round(h * 100) : unknown16)),
    2,
  );
  column(
    rows.map(({t}) => Math.round((now - t) / 100)),
    2,
  );
  column(
    rows.map(({st, synthetic}) => Number(st) + (synthetic === true ? 128 : 0)),
    1,
  );
  column(leave.map(handle), 4);
  column(del.map(handle), 4);
  for (const key of names) {
    const text = new TextEncoder().encode(key);
    put(handle(key), 4);
    put(text.length, 1);
    bytes.push(...text);
  }
  return Uint8Array.from(bytes).buffer;
}
