// Asks for the heat again and again, and does what an operator wants of it: plays evenings for
// everybody, and looks back at stored minutes on this screen alone.

import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {hasView, runIn, withRun} from '../address';
import type {CityMap} from '../map/city-map';
import {pause} from '../pause';
import {
  fetchNow,
  fetchPlaces,
  fetchReplays,
  type Moment,
  pauseReplay,
  type Replay,
  setSpeed,
  startReplay,
  stopReplay,
} from './api';
import {CurveSource, noCurve} from './curve-source';
import {focusOf, type HeatSnapshot, nothingYet, runOf, spanOf} from './heat-snapshot';
import {fetchStored} from './history-api';
import {OptionalParts} from './optional-parts';
import {nearestMinute, type Pace, stepped} from './timeline';

/** The server makes a frame so often; while there is nothing to show it is asked more seldom. */
const tickMs = 2_000;
const idleMs = 5_000;
const defaultSpeed = 60;

export class HeatState implements ReactiveController {
  snapshot = nothingYet;

  readonly #host: ReactiveControllerHost;
  readonly #map: () => CityMap | null;
  readonly #see: (core: GeoJSON.Geometry) => void;
  readonly #parts = new OptionalParts();
  readonly #curve = new CurveSource(this.#parts);
  #watching: AbortController | null = null;
  #resting: AbortController | null = null;
  /** Counts what the operator asked for: a round that began before shows it no more. */
  #wishes = 0;
  /** Whether the core is to be seen as soon as it is known: an address may name a run and no view. */
  #unseen = runIn(location.hash) !== null && !hasView(location.hash);

  /** See is how the map shows the core of an evening. */
  constructor(host: ReactiveControllerHost, map: () => CityMap | null, see: (core: GeoJSON.Geometry) => void) {
    this.#host = host;
    this.#map = map;
    this.#see = see;
    host.addController(this);
  }

  hostConnected(): void {
    void this.#watch();
  }

  hostDisconnected(): void {
    this.#watching?.abort();
  }

  /** Plays the evening from its beginning where one sees it, and keeps it in the address. */
  start(): Promise<void> {
    this.seek(null);
    this.#unseen = true;
    return this.#command(async ({id}) => {
      await startReplay(id, defaultSpeed);
      history.replaceState(history.state, '', withRun(location.hash, id));
    });
  }

  stop(): Promise<void> {
    return this.#command(async ({id}) => {
      await stopReplay(id);
      history.replaceState(history.state, '', withRun(location.hash, null));
    });
  }

  /** Plays on at a speed; at 0 the evening is held. */
  setSpeed(speed: number): Promise<void> {
    return this.#command(({id}) => (speed === 0 ? pauseReplay(id) : setSpeed(id, speed)));
  }

  /** Shows the stored minute nearest to a time, or the present where it is null. */
  seek(at: number | null): void {
    const {stored} = this.snapshot;
    if (at !== null && !stored) return;
    this.#wish({at: at === null || !stored ? null : nearestMinute(at, stored), rolling: false});
  }

  /** Lets the stored minutes go by, from the first where none is shown; or holds them. */
  roll(): void {
    const {stored, at, rolling} = this.snapshot;
    if (!stored) return;
    this.#wish({at: at === null || at >= stored.last ? stored.first : at, rolling: !rolling});
  }

  setPace(pace: Pace): void {
    this.#wish({pace});
  }

  /** Turns the card and the curve to a place. */
  turnTo(place: string): void {
    this.#wish({focus: place, curve: noCurve});
  }

  toggleHotSpots(): void {
    this.#wish({hotSpots: !this.snapshot.hotSpots});
  }

  #wish(wish: Partial<HeatSnapshot>): void {
    this.#wishes++;
    this.snapshot = {...this.snapshot, ...wish};
    this.#host.requestUpdate();
    this.#resting?.abort();
  }

  /** Does what an operator asks for, between two rounds: none asks for a run that has just been stopped. */
  async #command(act: (replay: Replay) => Promise<void>): Promise<void> {
    const {replay} = this.snapshot;
    if (!replay) return;
    this.#watching?.abort();
    try {
      await act(replay);
      this.snapshot = {...this.snapshot, fault: ''};
    } catch (error) {
      this.snapshot = {...this.snapshot, fault: String(error)};
    }
    await this.#watch();
  }

  /** Looks again and again, until a command or the end of the page. */
  async #watch(): Promise<void> {
    this.#watching?.abort();
    const watching = new AbortController();
    this.#watching = watching;
    const {signal} = watching;
    while (!signal.aborted) {
      const wishes = this.#wishes;
      try {
        await this.#look(signal);
      } catch {
        // The wall says that the server is gone; the picture stays as it was until it is back.
      }
      if (signal.aborted) return;
      this.#host.requestUpdate();
      if (wishes === this.#wishes) await this.#rest(signal);
    }
  }

  /** Waits for the next round, and moves on by a step where stored minutes go by. */
  async #rest(ended: AbortSignal): Promise<void> {
    const {rolling, pace, run} = this.snapshot;
    const wishes = this.#wishes;
    this.#resting = new AbortController();
    await pause(
      rolling ? pace.everyMs : run === null ? idleMs : tickMs,
      AbortSignal.any([ended, this.#resting.signal]),
    );
    if (rolling && wishes === this.#wishes && !ended.aborted) this.#step();
  }

  #step(): void {
    const {at, pace, stored} = this.snapshot;
    if (at === null || !stored) return;
    const next = stepped(at, pace.minutes, stored);
    this.snapshot = {...this.snapshot, at: next, rolling: next < stored.last};
  }

  async #look(signal: AbortSignal): Promise<void> {
    const wishes = this.#wishes;
    const replay = runOf(await fetchReplays(signal), runIn(location.hash));
    const played = replay !== null && replay.state !== 'idle';
    const heard = played ? null : await fetchNow(signal);
    const run = played ? replay.id : heard?.devices === 0 ? null : '';
    const present = played ? replay.time : (heard?.time ?? null);
    const found = {
      replay,
      run,
      synthetic: run !== null && (heard === null || heard.synthetic),
      now: run === null || present === null ? null : Date.parse(present),
      stored: run === null ? null : await this.#parts.ask('stored', () => fetchStored(run, signal)),
    };
    const other = run !== this.snapshot.run;
    const at = other || !found.stored ? null : this.snapshot.at;
    const moment = run === null ? null : {run, at};
    const places = moment && (await fetchPlaces(moment, signal));
    if (signal.aborted || wishes !== this.#wishes) return;
    const focus = focusOf(places, this.snapshot.focus, replay)?.id ?? '';
    this.snapshot = {...this.snapshot, ...found, at, places, focus, ...(other ? {rolling: false, curve: noCurve} : {})};
    this.#host.requestUpdate();
    await this.#lookAtCore();
    await Promise.all([this.#draw(moment, signal), this.#follow(signal)]);
  }

  /** Turns the map to the core, once, when there is a map and a core; the bar must stand by then. */
  async #lookAtCore(): Promise<void> {
    const {places, replay, run} = this.snapshot;
    const core = places?.features.find(({id}) => run === replay?.id && id === replay.core);
    if (!this.#unseen || !core || !this.#map()) return;
    this.#unseen = false;
    await this.#host.updateComplete;
    this.#see(core.geometry);
  }

  async #draw(moment: Moment | null, signal: AbortSignal): Promise<void> {
    const {places, hotSpots, stored} = this.snapshot;
    await this.#map()?.heat.show(moment, {places, hotSpots, stored: stored?.resolutions ?? null}, signal);
  }

  /** Reads the curve of the place that the card is of. */
  async #follow(signal: AbortSignal): Promise<void> {
    const {run, now, focus, replay} = this.snapshot;
    const span = spanOf(this.snapshot);
    if (run === null || now === null || focus === '' || !span) return;
    const of = {run, now, place: focus, core: run !== '' && focus === replay?.core, from: span.begin};
    const curve = await this.#curve.read(of, signal);
    if (signal.aborted || focus !== this.snapshot.focus || run !== this.snapshot.run) return;
    this.snapshot = {...this.snapshot, curve};
  }
}
