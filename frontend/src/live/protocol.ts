// The frames of live/1 that the page speaks (docs/live.md).

export type BBox = readonly [west: number, south: number, east: number, north: number];

export interface TileAddress {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** What a screen shows: its layers, its camera, and the zooms of the tiles it is drawn from. */
export interface Watch {
  readonly layers: readonly string[];
  readonly bbox: BBox;
  readonly zoom: number;
  readonly tz: readonly number[];
}

export type ServerFrame =
  | {f: 'hello'; hb_ms: number; limits: {subs: number}; streams: readonly {name: string}[]}
  | {f: 'ok'; ref: number; sid: number; seq: number; resumed: boolean; bbox?: BBox}
  | {f: 'tiles'; sid: number; from: number; to: number; tiles?: readonly [number, number, number][]; all?: boolean}
  | {f: 'mark'; sid: number; seq: number; lag_ms: number; token?: string}
  | {f: 'reset'; sid: number}
  | {f: 'err'; ref?: number; sid?: number; code: string; retry_ms: number}
  | {f: 'bye'; code: number; retry_ms: number; tokens: Readonly<Record<string, string>>};

/** What the worker is told and what it tells. */
export type ToWorker = {kind: 'watch'; watch: Watch};
export type FromWorker =
  | {kind: 'tiles'; layer: string; tiles: readonly TileAddress[] | null}
  | {kind: 'lag'; milliseconds: number}
  | {kind: 'connected'; connected: boolean};
