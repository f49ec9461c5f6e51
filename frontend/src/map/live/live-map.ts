// What is live on the map: follows the camera with subscriptions, and shows what they bring.

import type {Map as MapLibreMap} from 'maplibre-gl';
import {LiveClient} from '../../live/client';
import type {BBox, Freshness, FromWorker, LiveEvent, StreamInfo, Want} from '../../live/protocol';
import type {TileSource} from '../sources';
import {streamLooks} from './looks';
import {Overlay} from './overlay';
import {type Drawn, LiveScene} from './scene';
import {LiveTiles} from './tiles';

/** An object of a stream. */
export interface LivePick {
  readonly stream: string;
  readonly key: string;
}

/** How fresh one stream is, or all layers together. */
export interface StreamStatus {
  /** "layers" stands for all layers. */
  readonly stream: string;
  /** Objects in the picture; null where none are asked for. */
  readonly objects: number | null;
  /** Whether what is drawn are counts by cell. */
  readonly counted: boolean;
  /** Whether only the objects that matter from afar are asked for. */
  readonly partial: boolean;
  readonly lagMs: number;
  /** Since its last input; null before anybody has said so. */
  readonly idleMs: number | null;
  readonly degraded: number;
}

export interface LiveStatus {
  readonly connected: boolean;
  /** From the last change of a layer that was shown: its commit until it was drawn; null before the first. */
  readonly lagMs: number | null;
  readonly streams: readonly StreamStatus[];
}

export interface LiveMapEvents {
  status(status: LiveStatus): void;
  events(stream: string, events: readonly LiveEvent[]): void;
  /** The streams that there are, after each connection. */
  connected(streams: readonly string[]): void;
}

export interface LiveMapOptions {
  readonly map: MapLibreMap;
  readonly sources: () => readonly TileSource[];
  /** The city: events of all of it are told, wherever the camera looks. */
  readonly city: BBox;
  readonly factor: number;
  readonly staleMs: (stream: string) => number;
  readonly events: LiveMapEvents;
}

/** A camera is told to the server at most so often; what was missed meanwhile it still knows. */
const lookMs = 1_000;
const statusMs = 500;
/** More objects than that in a view are told as counts by cell. */
const mostObjects = 2_500;
const objectHz = 5;
/** From this zoom components are told one from another, and those that change pulse. */
const pulseFrom = 16;
/** The most that a subscription may hold. */
const mostChanging = 20_000;
/** CSS pixels around a shape that count as on it. */
const reach = 13;
const pulsing = 'component';
const allLayers = 'layers';

export class LiveMap {
  readonly #options: LiveMapOptions;
  readonly #client: LiveClient;
  readonly #tiles: LiveTiles;
  readonly #scene: LiveScene;
  readonly #overlay: Overlay;
  #streams: readonly StreamInfo[] = [];
  #connected = false;
  #hidden: ReadonlySet<string> = new Set();
  readonly #fresh = new Map<string, {freshness: Freshness; at: number}>();
  #lagMs: number | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #statusTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveMapOptions) {
    const {map, sources, factor, staleMs} = options;
    this.#options = options;
    this.#tiles = new LiveTiles(map, sources);
    this.#scene = new LiveScene(factor, staleMs);
    this.#overlay = new Overlay(map, this.#scene);
    this.#client = new LiveClient((message) => this.#take(message));
    map.on('load', () => this.#lookSoon());
    map.on('move', () => this.#lookSoon());
  }

  /** Shows all layers and streams but these. */
  setHidden(hidden: ReadonlySet<string>): void {
    this.#hidden = hidden;
    for (const stream of streamLooks.keys()) if (hidden.has(stream)) this.#scene.drop(stream);
    this.#overlay.wake();
    this.#lookSoon();
  }

  /** The object at a pixel of the map, the nearest first. */
  pick(x: number, y: number): LivePick | null {
    let nearest: LivePick | null = null;
    let distance = reach * this.#options.factor;
    for (const {stream, key, ...place} of this.#drawn()) {
      const at = this.#overlay.pixel(place.x, place.y);
      const away = at ? Math.hypot(at.x - x, at.y - y) : distance;
      if (away >= distance) continue;
      distance = away;
      nearest = {stream, key};
    }
    return nearest;
  }

  select(pick: LivePick | null): void {
    this.#scene.select(pick);
    this.#overlay.wake();
  }

  /** The objects of a stream as they are drawn now, with their pixels. */
  objects(stream: string): {key: string; lon: number; lat: number; x: number; y: number}[] {
    return [...this.#scene.drawn(stream, performance.now())].flatMap(({key, x, y}) => {
      const pixel = this.#overlay.pixel(x, y);
      return pixel ? [{key, lon: x * 360 - 180, lat: latitude(y), ...pixel}] : [];
    });
  }

  /** How many changes have pulsed. */
  get pulsed(): number {
    return this.#scene.pulsed;
  }

  remove(): void {
    clearTimeout(this.#lookTimer);
    clearTimeout(this.#statusTimer);
    this.#client.close();
    this.#overlay.remove();
  }

  *#drawn(): Iterable<Drawn> {
    const now = performance.now();
    for (const stream of streamLooks.keys()) yield* this.#scene.drawn(stream, now);
  }

  #take(message: FromWorker): void {
    const now = performance.now();
    switch (message.kind) {
      case 'connected':
        this.#connected = message.connected;
        if (message.connected) this.#greeted(message.streams, message.aheadMs);
        break;
      case 'tiles':
        this.#tiles.refresh(message.id.slice('tiles:'.length), message.tiles);
        return;
      case 'rows':
        if (this.#hidden.has(message.id)) return;
        this.#scene.take(message.id, message.columns, now);
        this.#overlay.wake();
        break;
      case 'changes':
        this.#scene.pulse(message.lonLat, now);
        this.#overlay.wake();
        return;
      case 'events':
        this.#options.events.events(message.id, message.events);
        return;
      case 'fresh':
        this.#fresh.set(message.id, {freshness: message.freshness, at: now});
        if (message.id.startsWith('tiles:') && message.freshness.lagMs > 0) {
          this.#lagMs = Math.round(message.freshness.lagMs + this.#tiles.shownMs);
        }
    }
    this.#statusTimer ??= setTimeout(() => this.#status(), statusMs);
  }

  #greeted(streams: readonly StreamInfo[], aheadMs: number): void {
    this.#streams = streams;
    this.#scene.aheadMs = aheadMs;
    this.#options.events.connected(streams.map(({name}) => name));
    this.#lookSoon();
  }

  #lookSoon(): void {
    this.#lookTimer ??= setTimeout(() => this.#look(), Math.max(0, this.#lookedAt + lookMs - performance.now()));
  }

  #look(): void {
    this.#lookTimer = undefined;
    this.#lookedAt = performance.now();
    const zooms = [...new Set(this.#tiles.inView().map(({z}) => z))].toSorted((a, b) => a - b);
    if (zooms.length === 0) return;
    const zoom = Math.min(24, this.#options.map.getZoom());
    this.#client.watch({
      wants: this.#wants(zoom),
      camera: {bbox: this.#bbox(), zoom, tz: zooms.slice(-8)}, // a tilted view has a few
    });
  }

  #bbox(): BBox {
    const bounds = this.#options.map.getBounds();
    return [
      Math.max(-180, bounds.getWest()),
      Math.max(-85, bounds.getSouth()),
      Math.min(180, bounds.getEast()),
      Math.min(85, bounds.getNorth()),
    ];
  }

  #wants(zoom: number): Want[] {
    const wants: Want[] = this.#options
      .sources()
      .flatMap(({layers}) => layers)
      .map((layer) => ({id: `tiles:${layer}`, stream: `layer.${layer}`, as: 'tiles'}));
    for (const [stream, {fields, afar, cells}] of streamLooks) {
      if (this.#hidden.has(stream)) continue;
      const lod = cells(zoom);
      wants.push({
        id: stream,
        stream,
        as: 'rows',
        fields,
        maxHz: objectHz,
        ...(lod ? {lod} : {maxObjects: mostObjects}),
        ...(this.#isPartial(stream, zoom) ? {where: afar} : {}),
      });
    }
    for (const {name} of this.#streams.filter((stream) => stream.class === 'EVENT')) {
      wants.push({id: name, stream: name, as: 'events', area: this.#options.city});
    }
    if (zoom >= pulseFrom && !this.#hidden.has(pulsing)) {
      wants.push({
        id: `changes:${pulsing}`,
        stream: `layer.${pulsing}`,
        as: 'changes',
        fields: [],
        maxObjects: mostChanging,
      });
    }
    return wants;
  }

  #isPartial(stream: string, zoom: number): boolean {
    const look = streamLooks.get(stream);
    return look !== undefined && look.afar !== '' && zoom < look.allFrom;
  }

  #status(): void {
    this.#statusTimer = undefined;
    const drawn = this.#streams.filter(({name}) => streamLooks.has(name) || this.#fresh.has(name));
    this.#options.events.status({
      connected: this.#connected,
      lagMs: this.#lagMs,
      streams: [...drawn.map(({name}) => this.#statusOf(name)), this.#statusOfLayers()],
    });
  }

  #statusOf(stream: string): StreamStatus {
    const fresh = this.#fresh.get(stream);
    const columns = this.#scene.columns(stream);
    return {
      stream,
      objects: columns ? this.#objectsInView(stream) : null,
      counted: columns !== undefined && columns.lod !== 'objects',
      partial: this.#isPartial(stream, this.#options.map.getZoom()),
      lagMs: fresh?.freshness.lagMs ?? 0,
      idleMs: fresh ? fresh.freshness.idleMs + performance.now() - fresh.at : null,
      degraded: fresh?.freshness.degraded ?? 0,
    };
  }

  #statusOfLayers(): StreamStatus {
    const layers = [...this.#fresh].filter(([id]) => id.startsWith('tiles:')).map(([, fresh]) => fresh);
    const now = performance.now();
    return {
      stream: allLayers,
      objects: null,
      counted: false,
      partial: false,
      lagMs: Math.max(0, ...layers.map(({freshness}) => freshness.lagMs)),
      idleMs: layers.length === 0 ? null : Math.min(...layers.map(({freshness, at}) => freshness.idleMs + now - at)),
      degraded: Math.max(0, ...layers.map(({freshness}) => freshness.degraded)),
    };
  }

  #objectsInView(stream: string): number {
    const columns = this.#scene.columns(stream);
    if (!columns) return 0;
    const [west, south, east, north] = this.#bbox();
    let sum = 0;
    for (let i = 0; i < columns.handle.length; i++) {
      const [lon, lat] = [columns.lon[i] ?? 0, columns.lat[i] ?? 0];
      if (west <= lon && lon < east && south <= lat && lat < north) sum += columns.numbers.n?.[i] ?? 1;
    }
    return sum;
  }
}

function latitude(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}
