// A session of live/1: the subscriptions that the page wants, whatever becomes of the connection.

import {type BinaryFrame, cellsSchema} from './binary';
import {buffersOf} from './columns';
import {Connection, type Socket} from './connection';
import {ChangeContent, type Content, EventContent, RowContent, TileContent} from './content';
import type {DataFrame, FromWorker, MarkFrame, OkFrame, ServerFrame, StreamInfo, Want, Watch} from './protocol';
import {Subscription} from './subscription';

export interface SessionOptions {
  /** Opens a socket. */
  readonly connect: () => Socket;
  /** Tells the page; the buffers may be taken away. */
  readonly tell: (message: FromWorker, buffers: ArrayBuffer[]) => void;
  readonly random?: () => number;
}

/** What is not drawn by then, as on a hidden page, is acknowledged all the same. */
const ackMs = 1_000;
/** After a refusal that may pass. */
const againMs = 1_000;

type Ack = readonly [sid: number, at: number] | readonly [sid: number, cut: number, part: number];

export class Session {
  readonly #connection: Connection;
  readonly #tell: SessionOptions['tell'];
  #watch: Watch | null = null;
  #streams = new Map<string, StreamInfo>();
  #limit = 0;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #asked = new Map<number, Subscription>();
  #ref = 0;
  #acks: Ack[] = [];
  #ackTimer: ReturnType<typeof setTimeout> | undefined;

  constructor({connect, tell, random = Math.random}: SessionOptions) {
    this.#tell = tell;
    const events = {frame: (frame: ServerFrame | BinaryFrame) => this.#take(frame), closed: () => this.#closed()};
    this.#connection = new Connection(connect, events, random);
    this.#connection.open();
  }

  /** Follows another camera, or wants other things. */
  watch(watch: Watch): void {
    this.#watch = watch;
    if (this.#streams.size > 0) this.#follow(watch);
  }

  /** What was told is on the screen: the server may send more. */
  drawn(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    if (this.#acks.length > 0) this.#connection.send({f: 'ack', a: this.#acks});
    this.#acks = [];
  }

  #closed(): void {
    this.#streams.clear();
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    this.#acks = [];
    this.#asked.clear();
    for (const subscription of this.#subscriptions.values()) subscription.sid = null;
    this.#tell({kind: 'connected', connected: false, streams: [], aheadMs: 0}, []);
  }

  #take(frame: ServerFrame | BinaryFrame): void {
    switch (frame.f) {
      case 'hello':
        this.#greeted(frame);
        return;
      case 'ok':
        this.#accepted(frame);
        return;
      case 'err':
        this.#refused(frame);
        return;
      case 'bye':
        this.#connection.retryMs = frame.retry_ms;
        for (const one of this.#subscriptions.values()) one.token = frame.tokens[String(one.sid)] ?? one.token;
        return;
      case 'tick':
        this.#commit(() => true);
        return;
      case 'mark':
        this.#marked(frame);
        return;
      case 'reset':
        this.#bySid(frame.sid)?.reset(frame.epoch);
        return;
      case 'snap':
      case 'delta':
      case 'tiles':
      case 'event':
      case 'movers':
      case 'cells':
        this.#news(frame);
    }
  }

  #greeted(hello: Extract<ServerFrame, {f: 'hello'}>): void {
    this.#connection.heartbeatMs = hello.hb_ms;
    this.#limit = hello.limits.subs;
    this.#streams = new Map(hello.streams.map((stream) => [stream.name, stream]));
    this.#tell({kind: 'connected', connected: true, streams: hello.streams, aheadMs: hello.now - Date.now()}, []);
    if (this.#watch) this.#follow(this.#watch);
  }

  #accepted(frame: OkFrame): void {
    const subscription = this.#asked.get(frame.ref);
    if (!this.#asked.delete(frame.ref) || !subscription) return;
    const begins = subscription.sid !== frame.sid;
    subscription.accepted(frame);
    if (begins) this.#look(subscription);
  }

  #refused({ref, sid, code, retry_ms}: Extract<ServerFrame, {f: 'err'}>): void {
    const subscription = ref === undefined ? this.#bySid(sid) : this.#asked.get(ref);
    if (ref !== undefined) this.#asked.delete(ref);
    if (!subscription) return;
    const ended = ref === undefined;
    if (ended) subscription.sid = null;
    // Anything else is asked again when the camera moves.
    if (!ended && code !== 'unavailable' && code !== 'rate') return;
    setTimeout(
      () => {
        subscription.lookAgain();
        if (this.#watch && this.#streams.size > 0) this.#follow(this.#watch);
      },
      Math.max(retry_ms, againMs),
    );
  }

  #news(frame: DataFrame | BinaryFrame): void {
    const subscription = this.#bySid(frame.sid);
    if (!subscription) return;
    if (!subscription.take(frame)) {
      this.#again(subscription);
      return;
    }
    this.#ack(ackOf(frame));
    this.#commit(({complete}) => complete);
  }

  #marked(frame: MarkFrame): void {
    const subscription = this.#bySid(frame.sid);
    if (!subscription) return;
    subscription.marked(frame.seq, frame.token);
    const {id, stream} = subscription.want;
    const {lag_ms: lagMs, idle_ms: idleMs, degraded = 0, lod = 'objects'} = frame;
    this.#tell({kind: 'fresh', id, freshness: {stream, lagMs, idleMs, degraded, lod}}, []);
  }

  /** Tells of the rows that have changed, of those contents that are ready. */
  #commit(ready: (content: RowContent) => boolean): void {
    for (const {want, content, fields} of this.#subscriptions.values()) {
      if (!(content instanceof RowContent) || !content.changed || !ready(content)) continue;
      const columns = content.columns(fields);
      this.#tell({kind: 'rows', id: want.id, columns}, buffersOf(columns));
    }
  }

  #bySid(sid: number | undefined): Subscription | undefined {
    return [...this.#subscriptions.values()].find((one) => one.sid !== null && one.sid === sid);
  }

  #ack(ack: Ack): void {
    this.#acks.push(ack);
    this.#ackTimer ??= setTimeout(() => this.drawn(), ackMs);
  }

  /** Brings the subscriptions in line with what the page wants. */
  #follow({wants}: Watch): void {
    const wanted = new Map(
      wants
        .filter(({stream}) => this.#info(stream) !== undefined)
        .slice(0, this.#limit)
        .map((want) => [want.id, want]),
    );
    for (const [id, {sid, want}] of this.#subscriptions) {
      if (JSON.stringify(wanted.get(id)) === JSON.stringify(want)) continue;
      if (sid !== null) this.#connection.send({f: 'unsub', ref: ++this.#ref, sid});
      this.#subscriptions.delete(id);
    }
    const waiting = new Set(this.#asked.values());
    for (const want of wanted.values()) {
      const known = this.#subscriptions.get(want.id);
      if (known && known.sid !== null) this.#look(known);
      else if (!known || !waiting.has(known)) this.#subscribe(known ?? this.#make(want));
    }
  }

  #make(want: Want): Subscription {
    const info = this.#info(want.stream);
    if (!info) throw new Error(`no stream ${want.stream}`);
    const subscription = new Subscription(want, info, this.#content(want, info));
    this.#subscriptions.set(want.id, subscription);
    return subscription;
  }

  /** That of a run, such as heat@bund-2019, which may begin at any time, is like its stream of now. */
  #info(stream: string): StreamInfo | undefined {
    return this.#streams.get(stream) ?? this.#streams.get(stream.replace(/@.*/, ''));
  }

  #content({id, as}: Want, {schema}: StreamInfo): Content {
    switch (as) {
      case 'tiles':
        return new TileContent((tiles) => this.#tell({kind: 'tiles', id, tiles}, []));
      case 'rows':
        return new RowContent(schema === cellsSchema);
      case 'changes':
        return new ChangeContent((lonLat) => this.#tell({kind: 'changes', id, lonLat}, [lonLat.buffer]));
      case 'events':
        return new EventContent((events) => this.#tell({kind: 'events', id, events}, []));
    }
  }

  #subscribe(subscription: Subscription): void {
    if (this.#watch) this.#ask(subscription, subscription.request(this.#watch.camera));
  }

  /** Tells of the camera unless the area in force serves it as well. */
  #look(subscription: Subscription): void {
    const frame = this.#watch && subscription.look(this.#watch.camera);
    if (frame) this.#ask(subscription, frame);
  }

  /** Begins a subscription anew after a gap. */
  #again(subscription: Subscription): void {
    this.#connection.send({f: 'unsub', ref: ++this.#ref, sid: subscription.sid});
    subscription.sid = null;
    this.#subscribe(subscription);
  }

  #ask(subscription: Subscription, frame: object): void {
    this.#ref++;
    this.#asked.set(this.#ref, subscription);
    this.#connection.send({...frame, ref: this.#ref});
  }
}

function ackOf(frame: DataFrame | BinaryFrame): Ack {
  switch (frame.f) {
    case 'snap':
      return [frame.sid, frame.cut, frame.part];
    case 'event':
      return [frame.sid, frame.seq];
    case 'movers':
    case 'cells':
      return frame.kind === 'snap' ? [frame.sid, frame.to, frame.part] : [frame.sid, frame.to];
    default:
      return [frame.sid, frame.to];
  }
}
