import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {backoff, reconnects} from './backoff';
import type {Socket} from './connection';
import type {FromWorker, MarkFrame, ServerFrame, StreamInfo, Watch} from './protocol';
import {Session} from './session';

/** A socket whose other end is the test. */
class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  binaryType: BinaryType = 'blob';
  readonly sent: Record<string, unknown>[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {}

  says(frame: ServerFrame): void {
    this.sends(JSON.stringify(frame));
  }

  sends(data: string | ArrayBuffer): void {
    this.onmessage?.call(this as unknown as WebSocket, {data} as MessageEvent);
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

const stream = (name: string, more: Partial<StreamInfo> = {}): StreamInfo => ({
  name,
  class: 'STATE',
  schema: 0,
  agg: false,
  fields: [],
  ...more,
});
const hello: ServerFrame = {
  f: 'hello',
  now: 0,
  hb_ms: 2_000,
  limits: {subs: 32},
  streams: [
    stream('layer.road'),
    stream('sensors', {
      fields: [
        {name: 'value', type: 'number'},
        {name: 'kind', type: 'string'},
      ],
    }),
    stream('fences', {class: 'EVENT'}),
  ],
};
const camera = {bbox: [121.4, 31.2, 121.5, 31.3], zoom: 14, tz: [14]} as const;
const tilesOf = (layer: string) => ({id: layer, stream: `layer.${layer}`, as: 'tiles'}) as const;
const watch: Watch = {wants: [tilesOf('road'), tilesOf('ghost')], camera};
const around = [121.3, 31.1, 121.6, 31.4] as const;
const city = [120, 30, 123, 32] as const;

let sockets: FakeSocket[];
let told: FromWorker[];
let session: Session;

const toldOf = <K extends FromWorker['kind']>(kind: K) =>
  told.filter((message): message is Extract<FromWorker, {kind: K}> => message.kind === kind);
const connected = () => toldOf('connected').map((message) => message.connected);
const socket = () => {
  const last = sockets.at(-1);
  if (!last) throw new Error('nobody has connected');
  return last;
};

/** Connects and subscribes; the first refresh of all that is in view is left out. */
function begin(wanted: Watch): void {
  session = new Session({
    connect: () => {
      sockets.push(new FakeSocket());
      return socket();
    },
    tell: (message) => told.push(message),
    random: () => 0.5,
  });
  session.watch(wanted);
  accept(false, 10);
}

function accept(resumed: boolean, seq: number): void {
  socket().says(hello);
  socket().says({f: 'ok', ref: Number(socket().last('sub').ref), sid: sockets.length, seq, resumed, bbox: around});
}

function mark(seq: number, token: string): MarkFrame {
  return {f: 'mark', sid: 1, seq, now: 0, lag_ms: 0, idle_ms: 0, token};
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  told = [];
});
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

describe('a session of tiles', () => {
  beforeEach(() => begin(watch));

  it('subscribes to the layers that have a stream, then asks for all that was fetched before', () => {
    const subs = socket().sent.filter(({f}) => f === 'sub');
    expect(subs).toEqual([
      {f: 'sub', ref: 1, stream: 'layer.road', area: {bbox: camera.bbox}, view: true, as: 'tiles', zoom: 14, tz: [14]},
    ]);
    expect(toldOf('tiles')).toEqual([{kind: 'tiles', id: 'road', tiles: null}]);
    expect(connected()).toEqual([true]);
  });

  it('tells of tiles, and acknowledges them together once they are drawn', () => {
    socket().says({f: 'tiles', sid: 1, from: 10, to: 11, tiles: [[14, 1, 2]]});
    socket().says({f: 'tiles', sid: 1, from: 11, to: 12, all: true});
    expect(toldOf('tiles').slice(1)).toEqual([
      {kind: 'tiles', id: 'road', tiles: [{z: 14, x: 1, y: 2}]},
      {kind: 'tiles', id: 'road', tiles: null},
    ]);
    const acks = () => socket().sent.filter(({f}) => f === 'ack');
    const both = {
      f: 'ack',
      a: [
        [1, 11],
        [1, 12],
      ],
    };
    expect(acks()).toEqual([]);
    session.drawn();
    expect(acks()).toEqual([both]);
    socket().says({f: 'tiles', sid: 1, from: 12, to: 13, all: true});
    vi.advanceTimersByTime(1_000); // a hidden page draws nothing
    expect(acks()).toEqual([both, {f: 'ack', a: [[1, 13]]}]);
  });

  it('tells of a camera only when the area in force does not serve it', () => {
    session.watch({...watch, camera: {...camera, bbox: [121.35, 31.15, 121.45, 31.25]}});
    expect(socket().sent.filter(({f}) => f === 'view')).toEqual([]);
    session.watch({...watch, camera: {...camera, bbox: [122, 31, 122.1, 31.1]}});
    expect(socket().last('view')).toMatchObject({sid: 1, bbox: [122, 31, 122.1, 31.1], tz: [14]});
  });

  it('begins anew after a gap, from its token', () => {
    socket().says(mark(12, 'T'));
    socket().says({f: 'tiles', sid: 1, from: 20, to: 21, tiles: [[14, 1, 2]]});
    expect(socket().last('unsub')).toMatchObject({sid: 1});
    expect(socket().last('sub')).toMatchObject({resume: 'T', area: {bbox: [...around]}});
    expect(toldOf('tiles')).toHaveLength(1);
  });

  it('comes back from a broken connection and goes on from its token', () => {
    socket().says(mark(12, 'T'));
    socket().ends(1006);
    expect(connected()).toEqual([true, false]);
    vi.advanceTimersByTime(499);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(2);
    accept(true, 3);
    expect(socket().last('sub')).toMatchObject({resume: 'T', area: {bbox: [...around]}});
    socket().says({f: 'tiles', sid: 2, from: 3, to: 4, tiles: [[14, 5, 6]]});
    expect(toldOf('tiles').slice(1)).toEqual([{kind: 'tiles', id: 'road', tiles: [{z: 14, x: 5, y: 6}]}]);
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
    expect(connected()).toEqual([true, false]);
  });

  it.each([
    ['no JSON', '{"f":'],
    ['no frame', '[1,2]'],
    ['no binary frame', new ArrayBuffer(63)],
  ])('gives up a connection that sends %s', (_, data) => {
    socket().sends(data);
    expect(connected()).toEqual([true, false]);
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
  });
});

describe('a session of rows', () => {
  const row = (k: string, ver: number, lon: number, value: number) => ({k, ver, t: ver, lon, lat: 31.25, value});
  const snap = {f: 'snap', sid: 1, epoch: 'e', cut: 20, of: 2, lod: 'objects'} as const;
  const columns = () => toldOf('rows').map((message) => message.columns);
  const delta = {f: 'delta', sid: 1, up: [], leave: [], del: []} as const;

  beforeEach(() => begin({wants: [{id: 'S', stream: 'sensors', as: 'rows', fields: ['value', 'none']}], camera}));

  it('asks for the fields that there are, and for whole flushes', () => {
    expect(socket().last('sub')).toMatchObject({stream: 'sensors', fields: ['value'], view: true, sync: true});
  });

  it('shows a snapshot when it is whole, and a delta with the end of its flush', () => {
    socket().says({...snap, part: 1, rows: [row('a', 1, 121.41, 5)]});
    expect(columns()).toEqual([]);
    socket().says({...snap, part: 2, rows: [row('b', 2, 121.42, 6)]});
    expect(columns()).toHaveLength(1);
    expect([...(columns()[0]?.lon ?? [])]).toEqual([121.41, 121.42]);
    socket().says({...delta, from: 20, to: 21, up: [row('a', 3, 121.43, 7)], leave: ['b']});
    expect(columns()).toHaveLength(1);
    socket().says({f: 'tick', n: 1});
    const [first, second] = columns();
    expect([...(second?.numbers.value ?? [])]).toEqual([7]);
    expect(first?.named).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect([second?.named, [...(second?.handle ?? [])]]).toEqual([[], [0]]);
  });

  it('keeps the old rows until the new ones are whole', () => {
    socket().says({...snap, of: 1, part: 1, rows: [row('a', 1, 121.41, 5)]});
    socket().says({f: 'reset', sid: 1, epoch: 'f', why: 'epoch'});
    socket().says({...snap, cut: 3, part: 1, rows: [row('c', 1, 121.41, 5)]});
    expect(columns()).toHaveLength(1);
    socket().says({...snap, cut: 3, part: 2, rows: []});
    expect(columns()[1]?.named).toEqual([[1, 'c']]);
  });

  it('acknowledges parts of a snapshot by number', () => {
    socket().says({...snap, part: 1, rows: []});
    session.drawn();
    expect(socket().last('ack')).toMatchObject({a: [[1, 20, 1]]});
  });
});

describe('a session of changes', () => {
  const up = (lon: number) => ({k: 'a', ver: 1, t: 0, lon, lat: 31.25});

  it('tells where rows change, and not what a moved camera brings', () => {
    begin({wants: [{id: 'C', stream: 'layer.road', as: 'changes', fields: []}], camera});
    expect(socket().last('sub')).toMatchObject({init: 'none'});
    socket().says({f: 'delta', sid: 1, from: 10, to: 11, up: [up(121.5)], leave: [], del: []});
    const moved = [121.5, 31.1, 121.8, 31.4] as const;
    socket().says({f: 'delta', sid: 1, from: 11, to: 12, bbox: moved, up: [up(121.55), up(121.7)], leave: [], del: []});
    expect(toldOf('changes').map(({lonLat}) => [...lonLat])).toEqual([
      [121.5, 31.25],
      [121.55, 31.25],
    ]);
  });
});

describe('a session of events', () => {
  const event = {f: 'event', sid: 1, t: 5, kind: 'enter', key: 'F|v', ver: 1, in: true, body: null} as const;

  it('tells each once, of the whole city', () => {
    begin({wants: [{id: 'E', stream: 'fences', as: 'events', area: city}], camera});
    const sub = socket().last('sub');
    expect([sub.area, sub.view]).toEqual([{bbox: [...city]}, undefined]);
    socket().says({...event, prev: 10, seq: 11, id: 'x/1'});
    socket().says({...event, prev: 11, seq: 12, id: 'x/1'});
    socket().says({...event, prev: 12, seq: 14, id: 'x/2'});
    expect(toldOf('events').flatMap(({events}) => events.map(({id}) => id))).toEqual(['x/1', 'x/2']);
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
