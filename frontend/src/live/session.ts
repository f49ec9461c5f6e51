// A session of live/1: which tiles of the view have changed. It outlives its connections: it comes
// back by itself, goes on from its tokens, and notices what it has missed.

import {backoff, healthyMs, reconnects} from './backoff';
import type {BBox, ServerFrame, TileAddress, Watch} from './protocol';

/** The part of a WebSocket that a session uses. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'onmessage' | 'onclose'>;

export interface SessionEvents {
  /** These tiles of a layer have changed; null means any in view. */
  tiles(layer: string, tiles: readonly TileAddress[] | null): void;
  /** The greatest time from a commit to its frame since the last mark. */
  lag(milliseconds: number): void;
  connected(connected: boolean): void;
}

interface Subscription {
  readonly layer: string;
  sid: number | null;
  at: number;
  token: string | null;
  /** The camera that was told, and the bbox that the server took for it. */
  told: Watch;
  inForce: BBox | null;
}

/** Acknowledgements of so long go together. */
const ackMs = 50;
/** A connection that is silent for so many heartbeats is dead. */
const silentBeats = 3;

export class Session {
  #socket: Socket | null = null;
  #watch: Watch | null = null;
  #streams = new Set<string>();
  #limit = 0;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #asked = new Map<number, Subscription>();
  #ref = 0;
  #failures = 0;
  #openedAt = 0;
  #retryMs = 0;
  #acks: [number, number][] = [];
  #ackTimer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #heartbeatMs = 2_000;

  constructor(
    private readonly connect: () => Socket,
    private readonly events: SessionEvents,
    private readonly random: () => number = Math.random,
  ) {
    this.#open();
  }

  /** Follows another camera, or other layers. */
  watch(watch: Watch): void {
    this.#watch = watch;
    if (this.#streams.size > 0) this.#follow(watch);
  }

  #open(): void {
    const socket = this.connect();
    this.#socket = socket;
    this.#openedAt = Date.now();
    socket.onmessage = ({data}) => socket === this.#socket && this.#take(JSON.parse(String(data)) as ServerFrame);
    socket.onclose = ({code}) => socket === this.#socket && this.#closed(code);
    this.#heard();
  }

  #closed(code: number): void {
    this.#socket = null;
    this.#streams.clear();
    clearTimeout(this.#silence);
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    this.#acks = [];
    this.#asked.clear();
    for (const subscription of this.#subscriptions.values()) subscription.sid = null;
    this.events.connected(false);
    if (!reconnects(code)) return;
    if (Date.now() - this.#openedAt >= healthyMs) this.#failures = 0;
    setTimeout(() => this.#open(), backoff(this.#failures++, this.#retryMs, this.random));
    this.#retryMs = 0;
  }

  /** Starts the time anew after which silence means that nobody is there. */
  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      const socket = this.#socket;
      this.#closed(1006); // the close of a dead connection may take minutes
      socket?.close();
    }, silentBeats * this.#heartbeatMs);
  }

  #take(frame: ServerFrame): void {
    this.#heard();
    switch (frame.f) {
      case 'hello':
        this.#heartbeatMs = frame.hb_ms;
        this.#limit = frame.limits.subs;
        this.#streams = new Set(frame.streams.map(({name}) => name));
        this.events.connected(true);
        if (this.#watch) this.#follow(this.#watch);
        return;
      case 'ok':
        this.#accepted(frame);
        return;
      case 'err':
        this.#refused(frame);
        return;
      case 'bye':
        this.#retryMs = frame.retry_ms;
        for (const one of this.#subscriptions.values()) one.token = frame.tokens[String(one.sid)] ?? one.token;
        return;
      default:
        this.#news(frame);
    }
  }

  #accepted(frame: Extract<ServerFrame, {f: 'ok'}>): void {
    const subscription = this.#asked.get(frame.ref);
    if (!this.#asked.delete(frame.ref) || !subscription) return;
    subscription.inForce = frame.bbox ?? null;
    if (subscription.sid === frame.sid) return; // of a view
    subscription.sid = frame.sid;
    subscription.at = frame.seq;
    // What was fetched before may be older than this.
    if (!frame.resumed) this.events.tiles(subscription.layer, null);
    if (this.#watch) this.#look(subscription, this.#watch);
  }

  #refused({ref, sid, code, retry_ms}: Extract<ServerFrame, {f: 'err'}>): void {
    const subscription = ref === undefined ? this.#bySid(sid) : this.#asked.get(ref);
    if (ref !== undefined) this.#asked.delete(ref);
    if (!subscription || (code !== 'unavailable' && code !== 'rate' && ref !== undefined)) return;
    setTimeout(
      () => {
        // A frame that came too fast, or a subscription of a layer that was not there.
        subscription.inForce = null;
        if (ref === undefined || subscription.sid === null) this.#subscriptions.delete(subscription.layer);
        if (this.#watch && this.#streams.size > 0) this.#follow(this.#watch);
      },
      Math.max(retry_ms, 1_000),
    );
  }

  #news(frame: Extract<ServerFrame, {f: 'tiles' | 'mark' | 'reset'}>): void {
    const subscription = this.#bySid(frame.sid);
    if (!subscription) return;
    switch (frame.f) {
      case 'tiles':
        if (frame.from > subscription.at) {
          this.#again(subscription);
          return;
        }
        subscription.at = frame.to;
        this.#ack(frame.sid, frame.to);
        if (frame.all) this.events.tiles(subscription.layer, null);
        else if (frame.tiles)
          this.events.tiles(
            subscription.layer,
            frame.tiles.map(([z, x, y]) => ({z, x, y})),
          );
        return;
      case 'mark':
        subscription.at = frame.seq;
        subscription.token = frame.token ?? subscription.token;
        if (frame.lag_ms > 0) this.events.lag(frame.lag_ms);
        return;
      case 'reset':
        subscription.at = Number.POSITIVE_INFINITY; // until the frame that follows
    }
  }

  #bySid(sid: number | undefined): Subscription | undefined {
    return [...this.#subscriptions.values()].find((one) => one.sid !== null && one.sid === sid);
  }

  #ack(sid: number, at: number): void {
    this.#acks.push([sid, at]);
    this.#ackTimer ??= setTimeout(() => {
      this.#ackTimer = undefined;
      this.#send({f: 'ack', a: this.#acks});
      this.#acks = [];
    }, ackMs);
  }

  /** Brings the subscriptions in line with what the screen shows. */
  #follow(watch: Watch): void {
    const wanted = watch.layers.filter((layer) => this.#streams.has(`layer.${layer}`)).slice(0, this.#limit);
    for (const [layer, {sid}] of this.#subscriptions) {
      if (wanted.includes(layer)) continue;
      if (sid !== null) this.#send({f: 'unsub', ref: ++this.#ref, sid});
      this.#subscriptions.delete(layer);
    }
    for (const layer of wanted) {
      const known = this.#subscriptions.get(layer);
      if (known && known.sid !== null) this.#look(known, watch);
      else if (!known || ![...this.#asked.values()].includes(known)) this.#subscribe(layer, known, watch);
    }
  }

  #subscribe(layer: string, known: Subscription | undefined, watch: Watch): void {
    // A token is for the bbox that was in force.
    const resume = known?.token && known.inForce ? {resume: known.token} : {};
    const told =
      'resume' in resume && known ? {...watch, bbox: known.inForce ?? watch.bbox, zoom: known.told.zoom} : watch;
    const subscription = known ?? {layer, sid: null, at: 0, token: null, told, inForce: null};
    subscription.told = told;
    this.#subscriptions.set(layer, subscription);
    const {bbox, zoom, tz} = told;
    this.#ask(subscription, {
      f: 'sub',
      stream: `layer.${layer}`,
      area: {bbox},
      view: true,
      as: 'tiles',
      zoom,
      tz,
      ...resume,
    });
  }

  /** Tells of a camera unless the area in force serves it as well. */
  #look(subscription: Subscription, watch: Watch): void {
    const {inForce, told, sid} = subscription;
    const inside =
      inForce !== null &&
      inForce[0] <= watch.bbox[0] &&
      inForce[1] <= watch.bbox[1] &&
      inForce[2] >= watch.bbox[2] &&
      inForce[3] >= watch.bbox[3];
    if (inside && Math.abs(told.zoom - watch.zoom) < 1 && told.tz.join() === watch.tz.join()) return;
    subscription.told = watch;
    const {bbox, zoom, tz} = watch;
    this.#ask(subscription, {f: 'view', sid, bbox, zoom, tz});
  }

  /** Begins a subscription anew after a gap. */
  #again(subscription: Subscription): void {
    this.#send({f: 'unsub', ref: ++this.#ref, sid: subscription.sid});
    subscription.sid = null;
    if (this.#watch) this.#subscribe(subscription.layer, subscription, this.#watch);
  }

  #ask(subscription: Subscription, frame: object): void {
    this.#ref++;
    this.#asked.set(this.#ref, subscription);
    this.#send({...frame, ref: this.#ref});
  }

  #send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}
