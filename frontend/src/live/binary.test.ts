import {describe, expect, it} from 'vitest';
import {decodeBinary, type MoversFrame} from './binary';
import {encodeMovers} from './encode';
import {randomOf} from './fake-server';
import {Handles} from './handles';
import type {Row} from './protocol';

const now = 1_795_312_800_000;
const row = (k: string, more: Partial<Row> = {}): Row => ({
  k,
  ver: 21,
  t: now - 1_500,
  lon: 121.4901234,
  lat: -31.2401234,
  s: 5.2,
  h: 271.5,
  st: 2,
  synthetic: true,
  ...more,
});
const rows = [row('v-1029'), row('警-7', {t: now, synthetic: false}), row('v-3', {st: 4})];
const handle = (key: string) => ['v-1029', '警-7', 'v-3', 'v-0077'].indexOf(key) + 7;
const frame = {kind: 'delta', sid: 12, from: 20, to: 21, part: 1, of: 1, now, handle} as const;
const full = {
  ...frame,
  bbox: [121.25, -31.5, 121.5, 31.25] as const,
  rows,
  leave: ['v-0077'],
  del: [],
  names: ['v-1029', '警-7', 'v-3', 'v-0077'],
};

function decodeMovers(bytes: ArrayBuffer): MoversFrame | null {
  const frame = decodeBinary(bytes);
  return frame?.f === 'movers' ? frame : null;
}

describe('a binary frame', () => {
  it('has the layout of the protocol', () => {
    const bytes = encodeMovers({...full, bbox: undefined, leave: [], names: []});
    expect(bytes.byteLength).toBe(128);
    const decoded = decodeMovers(bytes);
    expect([...(decoded?.handle ?? [])]).toEqual([7, 8, 9]);
    expect([...new Int32Array(bytes, 76, 3)]).toEqual([...(decoded?.lon ?? [])]);
    expect([...new Uint8Array(bytes, 124, 3)]).toEqual([...(decoded?.state ?? [])]);
  });

  it('says what the frame in JSON says', () => {
    const decoded = decodeMovers(encodeMovers(full));
    expect(decoded && new Handles().spell(decoded)).toEqual({
      f: 'delta',
      sid: 12,
      from: 20,
      to: 21,
      part: 1,
      of: 1,
      bbox: [121.25, -31.5, 121.5, 31.25],
      up: rows,
      leave: ['v-0077'],
      del: [],
    });
  });

  it('leaves out what is unknown', () => {
    const decoded = decodeMovers(encodeMovers({...full, rows: [row('v-3', {s: undefined, h: undefined})]}));
    const spelled = decoded && new Handles().spell(decoded);
    expect(spelled?.f === 'delta' && Object.keys(spelled.up[0] ?? {})).toEqual([
      'k',
      'ver',
      't',
      'lon',
      'lat',
      'st',
      'synthetic',
    ]);
  });

  it('is not understood when it names a handle that nobody has explained', () => {
    const decoded = decodeMovers(encodeMovers({...full, names: []}));
    expect(decoded && new Handles().spell(decoded)).toBeNull();
  });

  it('is none when it is cut off anywhere', () => {
    const bytes = encodeMovers(full);
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(decodeMovers(bytes.slice(0, length)), `${length} bytes`).toBeNull();
    }
  });

  it.each([
    ['magic', 0, 0x4d],
    ['version', 1, 2],
    ['kind', 2, 3],
    ['schema', 3, 2],
  ])('is none with another %s', (_, at, value) => {
    const bytes = encodeMovers(full);
    new Uint8Array(bytes)[at] = value;
    expect(decodeMovers(bytes)).toBeNull();
  });

  it('of any bytes is a frame that fits them, or none', () => {
    const random = randomOf(7);
    const good = new Uint8Array(encodeMovers(full));
    let frames = 0;
    for (let i = 0; i < 20_000; i++) {
      const bytes = good.slice(0, random() < 0.3 ? Math.floor(random() * good.length) : good.length);
      for (let j = Math.floor(random() * 6); j >= 0 && bytes.length > 0; j--) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      const decoded = decodeMovers(bytes.buffer);
      if (!decoded) continue;
      frames++;
      expect(decoded.handle.length * 19, `case ${i}`).toBeLessThanOrEqual(bytes.length);
      new Handles().spell(decoded);
    }
    expect(frames).toBeGreaterThan(1_000);
  });
});
