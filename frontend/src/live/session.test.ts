import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {backoff, reconnects} from './backoff';
import type {ServerFrame, TileAddress, Watch} from './protocol';
import {Session, type Socket} from './session';

/** A socket whose other end is the test. */
class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  readonly sent: Record<string, unknown>[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {}

  says(frame: ServerFrame): void {
    this.onmessage?.call(this as unknown as WebSocket, {data: JSON.stringify(frame)} as MessageEvent);
  }

  ends(code: number): void {
    this.onclose?.call(this as unknown as WebSocket, {code} as CloseEvent);
  }

  last(f: string): Record<string, unknown> {
    const found = this.sent.findLast((frame) => frame.f === f);
    if (!found) throw new Error(`no ${f} was sent`);
    return found;
  }
}

const hello: ServerFrame = {f: 'hello', hb_ms: 2_000, limits: {subs: 32}, streams: [{name: 'layer.road'}]};
const watch: Watch = {layers: ['road', 'ghost'], bbox: [121.4, 31.2, 121.5, 31.3], zoom: 14, tz: [14]};
const around = [121.3, 31.1, 121.6, 31.4] as const;

let sockets: FakeSocket[];
let told: {layer: string; tiles: readonly TileAddress[] | null}[];
let connected: boolean[];
let session: Session;

const socket = () => {
  const last = sockets.at(-1);
  if (!last) throw new Error('nobody has connected');
  return last;
};

/** Connects and subscribes; the first refresh of all that is in view is left out. */
function begin(): void {
  session = new Session(
    () => {
      sockets.push(new FakeSocket());
      return socket();
    },
    {
      tiles: (layer, tiles) => told.push({layer, tiles}),
      lag: () => {},
      connected: (is) => connected.push(is),
    },
    () => 0.5,
  );
  session.watch(watch);
  accept(false, 10);
}

function accept(resumed: boolean, seq: number): void {
  socket().says(hello);
  socket().says({f: 'ok', ref: Number(socket().last('sub').ref), sid: sockets.length, seq, resumed, bbox: around});
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  told = [];
  connected = [];
  begin();
});
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

describe('a session', () => {
  it('subscribes to the layers that have a stream, then asks for all that was fetched before', () => {
    const subs = socket().sent.filter(({f}) => f === 'sub');
    expect(subs).toEqual([
      {f: 'sub', ref: 1, stream: 'layer.road', area: {bbox: watch.bbox}, view: true, as: 'tiles', zoom: 14, tz: [14]},
    ]);
    expect(told).toEqual([{layer: 'road', tiles: null}]);
    expect(connected).toEqual([true]);
  });

  it('tells of tiles, and acknowledges them together', () => {
    socket().says({f: 'tiles', sid: 1, from: 10, to: 11, tiles: [[14, 1, 2]]});
    socket().says({f: 'tiles', sid: 1, from: 11, to: 12, all: true});
    vi.advanceTimersByTime(100);
    expect(told.slice(1)).toEqual([
      {layer: 'road', tiles: [{z: 14, x: 1, y: 2}]},
      {layer: 'road', tiles: null},
    ]);
    expect(socket().sent.filter(({f}) => f === 'ack')).toEqual([
      {
        f: 'ack',
        a: [
          [1, 11],
          [1, 12],
        ],
      },
    ]);
  });

  it('tells of a camera only when the area in force does not serve it', () => {
    session.watch({...watch, bbox: [121.35, 31.15, 121.45, 31.25]});
    expect(socket().sent.filter(({f}) => f === 'view')).toEqual([]);
    session.watch({...watch, bbox: [122, 31, 122.1, 31.1]});
    expect(socket().last('view')).toMatchObject({sid: 1, bbox: [122, 31, 122.1, 31.1], tz: [14]});
  });

  it('begins anew after a gap, from its token', () => {
    socket().says({f: 'mark', sid: 1, seq: 12, lag_ms: 0, token: 'T'});
    socket().says({f: 'tiles', sid: 1, from: 20, to: 21, tiles: [[14, 1, 2]]});
    expect(socket().last('unsub')).toMatchObject({sid: 1});
    expect(socket().last('sub')).toMatchObject({resume: 'T', area: {bbox: [...around]}});
    expect(told).toHaveLength(1);
  });

  it('comes back from a broken connection and goes on from its token', () => {
    socket().says({f: 'mark', sid: 1, seq: 12, lag_ms: 0, token: 'T'});
    socket().ends(1006);
    expect(connected).toEqual([true, false]);
    vi.advanceTimersByTime(499);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(2);
    accept(true, 3);
    expect(socket().last('sub')).toMatchObject({resume: 'T', area: {bbox: [...around]}});
    socket().says({f: 'tiles', sid: 2, from: 3, to: 4, tiles: [[14, 5, 6]]});
    expect(told.slice(1)).toEqual([{layer: 'road', tiles: [{z: 14, x: 5, y: 6}]}]);
  });

  it('takes the tokens and the pause of a service that stops', () => {
    socket().says({f: 'bye', code: 4012, retry_ms: 8_000, tokens: {1: 'B'}});
    socket().ends(4012);
    vi.advanceTimersByTime(3_999);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    accept(true, 3);
    expect(socket().last('sub')).toMatchObject({resume: 'B'});
  });

  it('does not come back when it would only fail again', () => {
    socket().ends(4000);
    vi.advanceTimersByTime(120_000);
    expect(sockets).toHaveLength(1);
  });

  it('takes a connection that is silent for dead', () => {
    vi.advanceTimersByTime(6_000);
    expect(connected).toEqual([true, false]);
  });
});

describe('the pause before another try', () => {
  it('grows, is cut off, and is anywhere below', () => {
    expect([0, 1, 2, 9].map((failures) => backoff(failures, 0, () => 1))).toEqual([1_000, 2_000, 4_000, 30_000]);
    expect(backoff(5, 0, () => 0)).toBe(0);
    expect(backoff(0, 5_000, () => 1)).toBe(5_000);
  });

  it('is without end after codes that say so', () => {
    expect([1001, 1006, 1011, 4008, 4009, 4010, 4012, 4013].every(reconnects)).toBe(true);
    expect([1000, 1009, 4000, 4002, 4003, 4011].some(reconnects)).toBe(false);
  });
});
