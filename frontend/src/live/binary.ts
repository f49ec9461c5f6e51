// Binary frames of live/1: a header of 64 bytes, then columns, little endian. Every column starts at
// a multiple of 4.

import type {BBox} from './protocol';

interface Head {
  readonly kind: 'snap' | 'delta';
  readonly sid: number;
  /** Sequence numbers; both are the cut in a snap. */
  readonly from: number;
  readonly to: number;
  readonly part: number;
  readonly of: number;
  readonly bbox: BBox | undefined;
  /** Unix ms. */
  readonly now: number;
}

/** A snap or delta of movers, its rows by columns and named by handles. */
export interface MoversFrame extends Head {
  readonly f: 'movers';
  readonly handle: Uint32Array;
  /** 1e-7 degrees. */
  readonly lon: Int32Array;
  readonly lat: Int32Array;
  /** 0.01 m/s and 0.01 degrees; unknown is 65535. */
  readonly speed: Uint16Array;
  readonly heading: Uint16Array;
  /** 0.1 s before now; unknown is 65535. */
  readonly age: Uint16Array;
  /** The state code, with 128 added for what is synthetic. */
  readonly state: Uint8Array;
  readonly leave: Uint32Array;
  readonly del: Uint32Array;
  readonly names: readonly (readonly [handle: number, key: string])[];
}

/** H3 cells as the halves of their indexes. */
export interface CellColumn {
  readonly lower: Uint32Array;
  readonly upper: Uint32Array;
}

/** A snap or delta of cells of one resolution. */
export interface CellsFrame extends Head {
  readonly f: 'cells';
  readonly resolution: number;
  readonly cells: CellColumn;
  /** A column for each of the stream's metrics. */
  readonly metrics: readonly Float32Array[];
  readonly leave: CellColumn;
  readonly del: CellColumn;
}

export type BinaryFrame = MoversFrame | CellsFrame;

export const unknown16 = 0xffff;
export const syntheticBit = 0x80;

const headerBytes = 64;
const magic = 0x4c;
const version = 1;
export const moversSchema = 1;
export const cellsSchema = 2;
const withBBox = 1;

/** The frame, or null if the bytes are none. */
export function decodeBinary(buffer: ArrayBuffer): BinaryFrame | null {
  if (buffer.byteLength < headerBytes) return null;
  const view = new DataView(buffer);
  const kind = view.getUint8(2);
  if (view.getUint8(0) !== magic || view.getUint8(1) !== version || (kind !== 1 && kind !== 2)) return null;
  const columns = new Columns(buffer);
  try {
    const box = view.getUint8(57) & withBBox ? [...columns.take(Int32Array, 4)].map((v) => v / 1e7) : undefined;
    const head: Head = {
      kind: kind === 1 ? 'snap' : 'delta',
      sid: view.getUint32(4, true),
      from: Number(view.getBigUint64(8, true)),
      to: Number(view.getBigUint64(16, true)),
      now: Number(view.getBigUint64(24, true)),
      part: view.getUint16(36, true),
      of: view.getUint16(38, true),
      bbox: box as BBox | undefined,
    };
    switch (view.getUint8(3)) {
      case moversSchema:
        return moversOf(head, view, columns);
      case cellsSchema:
        return cellsOf(head, view, columns);
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof RangeError) return null; // it ends too soon
    throw error;
  }
}

/** How many rows a frame has, and how many keys in leave and del. */
function countsOf(view: DataView): {up: number; left: number; deleted: number} {
  return {up: view.getUint32(40, true), left: view.getUint32(44, true), deleted: view.getUint32(48, true)};
}

function moversOf(head: Head, view: DataView, columns: Columns): MoversFrame {
  const {up, left, deleted} = countsOf(view);
  return {
    f: 'movers',
    ...head,
    handle: columns.take(Uint32Array, up),
    lon: columns.take(Int32Array, up),
    lat: columns.take(Int32Array, up),
    speed: columns.take(Uint16Array, up),
    heading: columns.take(Uint16Array, up),
    age: columns.take(Uint16Array, up),
    state: columns.take(Uint8Array, up),
    leave: columns.take(Uint32Array, left),
    del: columns.take(Uint32Array, deleted),
    names: readNames(view, columns.end, view.getUint32(52, true)),
  };
}

function cellsOf(head: Head, view: DataView, columns: Columns): CellsFrame {
  const {up, left, deleted} = countsOf(view);
  return {
    f: 'cells',
    ...head,
    resolution: view.getUint8(56),
    cells: cellColumn(columns, up),
    metrics: Array.from({length: view.getUint16(58, true)}, () => columns.take(Float32Array, up)),
    leave: cellColumn(columns, left),
    del: cellColumn(columns, deleted),
  };
}

function cellColumn(columns: Columns, length: number): CellColumn {
  return {lower: columns.take(Uint32Array, length), upper: columns.take(Uint32Array, length)};
}

interface ColumnType<T> {
  new (buffer: ArrayBuffer, offset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** Takes columns off a buffer, one after another. A RangeError says that it has no more. */
class Columns {
  end = headerBytes;

  constructor(private readonly buffer: ArrayBuffer) {}

  take<T>(type: ColumnType<T>, length: number): T {
    const column = new type(this.buffer, this.end, length);
    this.end += Math.ceil((length * type.BYTES_PER_ELEMENT) / 4) * 4;
    return column;
  }
}

/** Names are not aligned: handle u32, length u8, UTF-8. */
function readNames(view: DataView, start: number, count: number): [number, string][] {
  const decoder = new TextDecoder();
  const names: [number, string][] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const handle = view.getUint32(at, true);
    const length = view.getUint8(at + 4);
    names.push([handle, decoder.decode(new Uint8Array(view.buffer, at + 5, length))]);
    at += 5 + length;
  }
  return names;
}
