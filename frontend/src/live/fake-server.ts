// The other end of a session, for tests: one stream of movers in memory, as live/1 has the server
// do it, and the faults of networks on request.

import type {Socket} from './connection';
import {encodeMovers} from './encode';
import type {BBox, Row} from './protocol';
import {contains} from './rows';

export type Random = () => number;

/** Numbers that look random, the same for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  binaryType: BinaryType = 'blob';

  constructor(private readonly take: (frame: Record<string, unknown>) => void) {}

  send(text: string): void {
    this.take(JSON.parse(text));
  }

  close(): void {}

  sends(data: string | ArrayBuffer): void {
    this.onmessage?.call(this as unknown as WebSocket, {data} as MessageEvent);
  }

  ends(code: number): void {
    this.onclose?.call(this as unknown as WebSocket, {code} as CloseEvent);
  }
}

export type Placed = [key: string, lon: number, lat: number];

interface Held {
  readonly sid: number;
  bbox: BBox;
  at: number;
  /** The keys that the client holds. */
  readonly members: Set<string>;
  readonly named: Set<string>;
  moved: boolean;
  /** Something was lost: a mark would promise that nothing was. */
  missing: boolean;
}

interface Thing {
  lon: number;
  lat: number;
  ver: number;
}

export class FakeServer {
  readonly #things = new Map<string, Thing>();
  readonly #gone = new Map<string, number>();
  #seq = 1;
  #epoch = 1;
  #subscription: Held | null = null;
  #socket: FakeSocket | null = null;
  #inbox: [FakeSocket, Record<string, unknown>][] = [];
  #sids = 0;
  #keys = 0;
  readonly #handles = new Map<string, number>();
  /** Counts of what happened, so that a test can say that it did. */
  readonly counts = {resumed: 0, snapshots: 0, gaps: 0, views: 0, connections: 0};

  constructor(
    private readonly random: Random,
    private readonly binary: boolean,
  ) {}

  connect(): FakeSocket {
    const socket: FakeSocket = new FakeSocket((frame) => this.#inbox.push([socket, frame]));
    this.#socket = socket;
    this.#subscription = null;
    this.counts.connections++;
    return socket;
  }

  hello(): void {
    this.#say({
      f: 'hello',
      now: Date.now(),
      hb_ms: 2_000,
      limits: {subs: 32},
      streams: [{name: 'vehicles', class: 'STATE', schema: 1, agg: true, fields: []}],
    });
  }

  get connected(): boolean {
    return this.#socket !== null;
  }

  /** What the client must hold now. */
  truth(): Placed[] {
    const bbox = this.#subscription?.bbox;
    if (!bbox) throw new Error('nobody has subscribed');
    return this.#inside(bbox)
      .toSorted()
      .map((key) => [key, this.#things.get(key)?.lon ?? 0, this.#things.get(key)?.lat ?? 0]);
  }

  /** Moves a few things about; some come and some cease. */
  step(): void {
    for (let i = 0; i < 8; i++) {
      const keys = [...this.#things.keys()];
      const key = keys[Math.floor(this.random() * keys.length)];
      if (key === undefined || this.random() < 0.15) {
        this.#handles.set(`v-${++this.#keys}`, this.#keys);
        this.#things.set(`v-${this.#keys}`, {lon: this.#somewhere(), lat: this.#somewhere(), ver: ++this.#seq});
      } else if (this.random() < 0.1) {
        this.#things.delete(key);
        this.#gone.set(key, ++this.#seq);
      } else {
        this.#things.set(key, {lon: this.#somewhere(), lat: this.#somewhere(), ver: ++this.#seq});
      }
    }
  }

  /** Answers what clients have sent. */
  serve(): void {
    for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) {
      const [socket, frame] = next;
      if (socket === this.#socket) this.#take(frame);
    }
  }

  /** Sends what has changed, in one or two parts, and the end of the flush; lose sends nothing at all. */
  flush(lose = false): void {
    const held = this.#subscription;
    if (!held) return;
    const inside = new Set(this.#inside(held.bbox));
    const up = [...inside].filter((key) => !held.members.has(key) || (this.#things.get(key)?.ver ?? 0) > held.at);
    const lost = [...held.members].filter((key) => !inside.has(key));
    this.#delta(held, up, lost, lose);
    for (const key of lost) held.members.delete(key);
    for (const key of up) held.members.add(key);
  }

  mark(): void {
    const held = this.#subscription;
    if (!held || held.missing) return;
    const token = JSON.stringify({epoch: this.#epoch, seq: held.at, bbox: held.bbox});
    this.#say({f: 'mark', sid: held.sid, seq: held.at, now: Date.now(), lag_ms: 1, idle_ms: 1, token});
  }

  /** Begins the subscription anew, of another epoch. */
  reset(): void {
    const held = this.#subscription;
    if (!held) return;
    this.#epoch++;
    // Handles stand for other keys now.
    const keys = [...this.#handles.keys()];
    keys.forEach((key, i) => {
      this.#handles.set(key, 1 + ((i + this.#epoch) % keys.length));
    });
    held.named.clear();
    this.#say({f: 'reset', sid: held.sid, epoch: String(this.#epoch), why: 'epoch'});
    this.#snapshot(held);
  }

  drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#subscription = null;
    socket?.ends(1006);
  }

  #take(frame: Record<string, unknown>): void {
    switch (frame.f) {
      case 'sub':
        this.#subscribe(frame);
        return;
      case 'unsub':
        this.#subscription = null;
        return;
      case 'view': {
        const held = this.#subscription;
        if (!held || held.sid !== frame.sid) return;
        this.counts.views++;
        if (held.moved) this.flush(); // the client must know an area before there is the next
        held.bbox = grown(frame.bbox as BBox);
        held.moved = true;
        // What lies outside the client drops by itself.
        for (const key of held.members) {
          const thing = this.#things.get(key);
          if (thing && thing.ver <= held.at && !contains(held.bbox, thing)) held.members.delete(key);
        }
        this.#say({
          f: 'ok',
          ref: frame.ref,
          sid: held.sid,
          epoch: String(this.#epoch),
          seq: held.at,
          resumed: false,
          bbox: held.bbox,
        });
      }
    }
  }

  #subscribe({ref, area, resume}: Record<string, unknown>): void {
    const asked = (area as {bbox: BBox}).bbox;
    const token =
      resume === undefined ? null : (JSON.parse(String(resume)) as {epoch: number; seq: number; bbox: BBox});
    const valid = token !== null && token.epoch === this.#epoch && token.bbox.join() === asked.join();
    const bbox = token ? asked : grown(asked);
    const held: Held = {
      sid: ++this.#sids,
      bbox,
      at: this.#seq,
      members: new Set(),
      named: new Set(),
      moved: false,
      missing: false,
    };
    this.#subscription = held;
    this.#say({
      f: 'ok',
      ref,
      sid: held.sid,
      epoch: String(this.#epoch),
      seq: valid ? token.seq : this.#seq,
      resumed: valid,
      bbox,
    });
    if (!valid) {
      if (token) this.#say({f: 'reset', sid: held.sid, epoch: String(this.#epoch), why: 'filter'});
      this.#snapshot(held);
      return;
    }
    this.counts.resumed++;
    const inside = new Set(this.#inside(bbox));
    for (const key of inside) held.members.add(key);
    held.at = token.seq;
    const changed = [...this.#things].filter(([, {ver}]) => ver > token.seq).map(([key]) => key);
    const ceased = [...this.#gone].filter(([, ver]) => ver > token.seq).map(([key]) => key);
    const up = changed.filter((key) => inside.has(key));
    this.#delta(held, up, [...changed.filter((key) => !inside.has(key)), ...ceased], false);
  }

  #snapshot(held: Held): void {
    this.counts.snapshots++;
    held.at = this.#seq;
    held.moved = held.missing = false;
    held.members.clear();
    const keys = this.#inside(held.bbox);
    for (const key of keys) held.members.add(key);
    const middle = Math.floor(keys.length / 2);
    const parts = [keys.slice(0, middle), keys.slice(middle)];
    parts.forEach((part, i) => {
      this.#rows(held, {kind: 'snap', from: held.at, part: i + 1, of: parts.length}, part, []);
    });
  }

  #delta(held: Held, up: string[], lost: string[], lose: boolean): void {
    const from = held.at;
    held.at = this.#seq;
    if (lose) {
      this.counts.gaps++;
      if (held.at === from) held.at = ++this.#seq; // so that it is missed
      held.moved = false;
      held.missing = true;
      return;
    }
    const middle = this.random() < 0.3 ? Math.floor(up.length / 2) : 0;
    const parts = middle > 0 ? [up.slice(0, middle), up.slice(middle)] : [up];
    parts.forEach((part, i) => {
      this.#rows(held, {kind: 'delta', from, part: i + 1, of: parts.length}, part, i + 1 === parts.length ? lost : []);
    });
    held.moved = false;
    this.#say({f: 'tick', n: this.#seq});
  }

  #rows(
    held: Held,
    head: {kind: 'snap' | 'delta'; from: number; part: number; of: number},
    keys: string[],
    lost: string[],
  ): void {
    const rows = keys.map((key) => this.#row(key));
    const bbox = held.moved ? held.bbox : undefined;
    if (this.binary) {
      const handle = (key: string) => this.#handles.get(key) ?? 0;
      const names = keys.filter((key) => !held.named.has(key));
      for (const key of names) held.named.add(key);
      const frame = {...head, sid: held.sid, to: held.at, now: Date.now(), bbox, rows, handle, names};
      this.#socket?.sends(encodeMovers({...frame, leave: lost, del: []}));
      return;
    }
    const {kind, from, ...part} = head;
    if (kind === 'snap') this.#say({f: kind, sid: held.sid, epoch: 'e', cut: held.at, ...part, lod: 'objects', rows});
    else
      this.#say({
        f: kind,
        sid: held.sid,
        from,
        to: held.at,
        ...part,
        ...(bbox && {bbox}),
        up: rows,
        leave: lost,
        del: [],
      });
  }

  #row(key: string): Row {
    const {lon, lat, ver} = this.#things.get(key) ?? {lon: 0, lat: 0, ver: 0};
    return {k: key, ver, t: Date.now(), lon, lat, s: 1, h: 90, st: 2, synthetic: true};
  }

  #inside(bbox: BBox): string[] {
    return [...this.#things].filter(([, thing]) => contains(bbox, thing)).map(([key]) => key);
  }

  #somewhere(): number {
    return Math.round(this.random() * 1e7) / 1e7; // as many digits as frames have
  }

  #say(frame: object): void {
    this.#socket?.sends(JSON.stringify(frame));
  }
}

/** The area that is in force for a camera. */
function grown([west, south, east, north]: BBox): BBox {
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return [tenth(west - 0.1), tenth(south - 0.1), tenth(east + 0.1), tenth(north + 0.1)];
}
