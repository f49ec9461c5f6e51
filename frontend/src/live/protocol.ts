// The frames of live/1 (docs/live.md), and what the page and its worker say to each other.

export type BBox = readonly [west: number, south: number, east: number, north: number];

export interface TileAddress {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** A row of a STATE stream: key, version, time in Unix ms, place in degrees WGS 84, then its fields. */
export interface Row {
  readonly k: string;
  readonly ver: number;
  readonly t: number;
  readonly lon: number;
  readonly lat: number;
  readonly [field: string]: unknown;
}

/** A stream as hello describes it. */
export interface StreamInfo {
  readonly name: string;
  readonly class: 'STATE' | 'EVENT';
  /** Of binary frames: 0 none, 1 movers, 2 cells. */
  readonly schema: number;
  readonly agg: boolean;
  /** The columns of binary frames of cells. */
  readonly metrics?: readonly string[];
  readonly fields: readonly {readonly name: string; readonly type: string; readonly unit?: string}[];
}

export interface SnapFrame {
  f: 'snap';
  sid: number;
  epoch: string;
  cut: number;
  part: number;
  of: number;
  lod: string;
  rows: readonly Row[];
}

export interface DeltaFrame {
  f: 'delta';
  sid: number;
  from: number;
  to: number;
  part?: number;
  of?: number;
  /** The area in force from now on, when it changed. */
  bbox?: BBox;
  up: readonly Row[];
  leave: readonly string[];
  del: readonly string[];
}

export interface TilesFrame {
  f: 'tiles';
  sid: number;
  from: number;
  to: number;
  tiles?: readonly [number, number, number][];
  all?: boolean;
}

export interface EventFrame {
  f: 'event';
  sid: number;
  prev: number;
  seq: number;
  id: string;
  /** When it happened, Unix ms. */
  t: number;
  kind: string;
  key: string;
  ver: number;
  /** Whether the item is still one of the subscription. */
  in: boolean;
  body: Readonly<Record<string, unknown>> | null;
}

export interface MarkFrame {
  f: 'mark';
  sid: number;
  seq: number;
  now: number;
  lag_ms: number;
  idle_ms: number;
  hz?: number;
  lod?: string;
  degraded?: number;
  why?: readonly string[];
  token?: string;
}

export interface OkFrame {
  f: 'ok';
  ref: number;
  sid: number;
  epoch?: string;
  seq: number;
  resumed: boolean;
  bbox?: BBox;
}

/** Frames that carry data, in the chain of their subscription. */
export type DataFrame = SnapFrame | DeltaFrame | TilesFrame | EventFrame;

export type ServerFrame =
  | {f: 'hello'; now: number; hb_ms: number; limits: {subs: number}; streams: readonly StreamInfo[]}
  | OkFrame
  | DataFrame
  | MarkFrame
  | {f: 'tick'; n: number}
  | {f: 'reset'; sid: number; epoch: string; why: string}
  | {f: 'err'; ref?: number; sid?: number; code: string; retry_ms: number}
  | {f: 'bye'; code: number; retry_ms: number; tokens: Readonly<Record<string, string>>};

/** Where the screen looks, and the zooms of the tiles that it is drawn from. */
export interface Camera {
  readonly bbox: BBox;
  readonly zoom: number;
  readonly tz: readonly number[];
}

/** What the page wants of a stream. Equal wants are one; the id names it between page and worker. */
export interface Want {
  readonly id: string;
  readonly stream: string;
  /** The names of changed tiles, the rows there are, the places of rows that change, or occurrences. */
  readonly as: 'tiles' | 'rows' | 'changes' | 'events';
  /** Where; the camera's area when left out, and then it moves with the camera. */
  readonly area?: BBox;
  /** A filter in CQL2 text. */
  readonly where?: string;
  /** The fields of rows; those that the stream does not have are left out. */
  readonly fields?: readonly string[];
  /** The level of detail: "h3:7" counts by cell; the server's choice when left out. */
  readonly lod?: string;
  readonly maxObjects?: number;
  readonly maxHz?: number;
}

export interface Watch {
  readonly wants: readonly Want[];
  readonly camera: Camera;
}

/** The text values of a column: a code for each row, which counts in words. */
export interface Words {
  readonly codes: Uint16Array<ArrayBuffer>;
  readonly words: readonly string[];
}

/** The rows of a want, by columns of equal length. */
export interface Columns {
  /** "objects", or "h3:8": rows are then counts of objects in cells. */
  readonly lod: string;
  /** Names a key as long as it stays; never another. */
  readonly handle: Uint32Array<ArrayBuffer>;
  /** Unix ms by the server's clock. */
  readonly t: Float64Array<ArrayBuffer>;
  readonly lon: Float64Array<ArrayBuffer>;
  readonly lat: Float64Array<ArrayBuffer>;
  /** Numbers, and booleans as 0 and 1; NaN where a row has none. */
  readonly numbers: Readonly<Record<string, Float64Array<ArrayBuffer>>>;
  readonly words: Readonly<Record<string, Words>>;
  /** The keys of handles that were not there before. */
  readonly named: readonly (readonly [handle: number, key: string])[];
}

export type LiveEvent = Pick<EventFrame, 'id' | 't' | 'kind' | 'key' | 'ver' | 'body'>;

/** How fresh a want is. */
export interface Freshness {
  readonly stream: string;
  /** From the arrival of a change at the server to its frame, the greatest of late; ms. */
  readonly lagMs: number;
  /** Since the stream's last input, ms, when it was said. */
  readonly idleMs: number;
  /** 0 to 4: what a slow connection goes without. */
  readonly degraded: number;
  readonly lod: string;
}

/** What the worker is told and what it tells. */
export type ToWorker = {kind: 'watch'; watch: Watch} | {kind: 'drawn'};
export type FromWorker =
  | {kind: 'tiles'; id: string; tiles: readonly TileAddress[] | null}
  | {kind: 'rows'; id: string; columns: Columns}
  | {kind: 'changes'; id: string; lonLat: Float64Array<ArrayBuffer>}
  | {kind: 'events'; id: string; events: readonly LiveEvent[]}
  | {kind: 'fresh'; id: string; freshness: Freshness}
  /** Milliseconds that the server's clock is ahead of ours. */
  | {kind: 'connected'; connected: boolean; streams: readonly StreamInfo[]; aheadMs: number};
