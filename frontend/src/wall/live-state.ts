// What the wall knows of the streams: how fresh they are, what they tell, and the object that is
// picked.

import type {ReactiveController, ReactiveControllerHost} from 'lit';
import type {LiveEvent} from '../live/protocol';
import type {CityMap} from '../map/city-map';
import type {LiveMapEvents, LivePick, LiveStatus} from '../map/live/live-map';
import {pause} from '../pause';
import {
  countSynthetic,
  fetchFences,
  fetchObject,
  fetchStreams,
  fetchTrack,
  type StreamDefinition,
  type StreamObject,
} from '../streams';

/** Something that a stream told, newest first in lists. */
export interface ToldEvent extends LiveEvent {
  readonly stream: string;
}

const fenceStream = 'fences';
/** So many events stay on the screen. */
const listed = 6;
/** The picked object is read again so often. */
const refreshMs = 2_000;
const defaultStaleMs = 60_000;
/** What is synthetic is counted so often. */
const syntheticMs = 15_000;

export class LiveState implements ReactiveController {
  status: LiveStatus = {connected: false, lagMs: null, streams: []};
  definitions: ReadonlyMap<string, StreamDefinition> = new Map();
  /** The streams with synthetic objects. */
  synthetic: ReadonlySet<string> = new Set();
  told: readonly ToldEvent[] = [];
  pick: LivePick | null = null;
  object: StreamObject | null = null;
  track: GeoJSON.FeatureCollection | null = null;
  /** Why there is no object, or empty. */
  fault = '';

  readonly #host: ReactiveControllerHost;
  readonly #map: () => CityMap | null;
  #streams: readonly string[] = [];
  #picked: AbortController | null = null;
  #reading: AbortController | null = null;

  constructor(host: ReactiveControllerHost, map: () => CityMap | null) {
    this.#host = host;
    this.#map = map;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#reading?.abort();
    this.#picked?.abort();
  }

  /** How old, in ms, a row may be to count as current. */
  staleMs(stream: string): number {
    const after = this.definitions.get(stream)?.staleAfter;
    return after === undefined ? defaultStaleMs : after * 1000;
  }

  /** What the map tells. */
  readonly events: LiveMapEvents = {
    status: (status) => {
      this.status = status;
      this.#host.requestUpdate();
    },
    events: (stream, events) => {
      this.told = [...events.map((event) => ({...event, stream})), ...this.told]
        .toSorted((a, b) => b.t - a.t)
        .slice(0, listed);
      this.#host.requestUpdate();
    },
    connected: (streams) => void this.#read(streams),
  };

  /** Reads what the server says of its streams, and the fences if it has any, until the next connection. */
  async #read(streams: readonly string[]): Promise<void> {
    this.#reading?.abort();
    this.#reading = new AbortController();
    const {signal} = this.#reading;
    this.#streams = streams;
    while (!signal.aborted) {
      try {
        await this.#readStreams(signal);
        await this.showFences();
      } catch {
        // Names and fences follow later; the streams themselves go on.
      }
      if (!signal.aborted) this.#host.requestUpdate();
      await pause(syntheticMs, signal);
    }
  }

  async #readStreams(signal: AbortSignal): Promise<void> {
    if (this.#streams.every((name) => name.startsWith('layer.') || name === fenceStream)) return;
    const definitions = await fetchStreams(signal);
    this.definitions = new Map(definitions.map((one) => [one.name, one]));
    const counts = await Promise.all(definitions.map(({name}) => countSynthetic(name, signal)));
    this.synthetic = new Set(definitions.filter((_, i) => (counts[i] ?? 0) > 0).map(({name}) => name));
  }

  /** Draws the fences, on a map that may be new. */
  async showFences(): Promise<void> {
    const signal = this.#reading?.signal;
    if (!signal || !this.#streams.includes(fenceStream)) return;
    const fences = await fetchFences(signal);
    this.#map()?.setFences(fences);
  }

  /** Opens the file of an object, and keeps it current until another is opened. */
  async open(pick: LivePick | null): Promise<void> {
    this.#picked?.abort();
    const own = new AbortController();
    this.#picked = own;
    this.#show(pick, null, null, '');
    if (!pick) return;
    const track = fetchTrack(pick.stream, pick.key, own.signal).catch(() => null); // it may keep no history
    while (!own.signal.aborted) {
      try {
        const object = await fetchObject(pick.stream, pick.key, own.signal);
        const past = await track;
        if (!own.signal.aborted) this.#show(pick, object, past, '');
      } catch (error) {
        if (!own.signal.aborted) this.#show(pick, this.object, this.track, String(error));
      }
      await pause(refreshMs, own.signal);
    }
  }

  #show(
    pick: LivePick | null,
    object: StreamObject | null,
    track: GeoJSON.FeatureCollection | null,
    fault: string,
  ): void {
    const drawn = this.pick === pick && this.track === track;
    this.pick = pick;
    this.object = object;
    this.track = track;
    this.fault = fault;
    if (!drawn) this.#map()?.setLiveSelection(pick, track);
    this.#host.requestUpdate();
  }
}
