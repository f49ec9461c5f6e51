// What the wall knows of the heat: the evenings that can be played, and the one that is shown.

import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {runIn, withRun} from '../address';
import type {CityMap} from '../map/city-map';
import {pause} from '../pause';
import {
  fetchCurve,
  fetchNow,
  fetchPlaces,
  fetchReplays,
  type Minute,
  type Places,
  type Replay,
  setSpeed,
  startReplay,
  stopReplay,
} from './api';

/** The server makes a frame so often; while there is nothing to show it is asked more seldom. */
const tickMs = 2_000;
const idleMs = 5_000;
const defaultSpeed = 60;

/** The run that is shown: the one that is asked for, else the first that is played; null if there is none. */
export function runOf(replays: readonly Replay[], asked: string | null): Replay | null {
  return replays.find(({id}) => id === asked) ?? replays.find(({state}) => state !== 'idle') ?? replays[0] ?? null;
}

/** What a round found. */
export interface HeatSnapshot {
  /** The evening that the panel is about, played or not. */
  readonly replay: Replay | null;
  readonly places: Places | null;
  readonly curve: readonly Minute[];
  /** Whether there are cells to draw, and whether they are made up. */
  readonly shown: boolean;
  readonly synthetic: boolean;
  /** Why the last command failed, or empty. */
  readonly fault: string;
}

export const nothingYet: HeatSnapshot = {
  replay: null,
  places: null,
  curve: [],
  shown: false,
  synthetic: false,
  fault: '',
};

export class HeatState implements ReactiveController {
  snapshot = nothingYet;

  readonly #host: ReactiveControllerHost;
  readonly #map: () => CityMap | null;
  #round: AbortController | null = null;

  constructor(host: ReactiveControllerHost, map: () => CityMap | null) {
    this.#host = host;
    this.#map = map;
    host.addController(this);
  }

  hostConnected(): void {
    void this.#watch();
  }

  hostDisconnected(): void {
    this.#round?.abort();
  }

  /** Plays the evening from its beginning, and keeps it in the address. */
  start(): Promise<void> {
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

  setSpeed(speed: number): Promise<void> {
    return this.#command(({id}) => setSpeed(id, speed));
  }

  /** Does what an operator asks for, between two rounds: none asks for a run that has just been stopped. */
  async #command(act: (replay: Replay) => Promise<void>): Promise<void> {
    const {replay} = this.snapshot;
    if (!replay) return;
    this.#round?.abort();
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
    this.#round?.abort();
    const round = new AbortController();
    this.#round = round;
    const {signal} = round;
    while (!signal.aborted) {
      try {
        await this.#look(signal);
      } catch {
        // The wall says that the server is gone; the picture stays as it was until it is back.
      }
      if (signal.aborted) return;
      this.#host.requestUpdate();
      await pause(this.snapshot.shown ? tickMs : idleMs, signal);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const replay = runOf(await fetchReplays(signal), runIn(location.hash));
    const played = replay !== null && replay.state !== 'idle';
    const run = played ? replay.id : '';
    const now = played ? {devices: null, synthetic: true} : await fetchNow(signal);
    const shown = played || now.devices !== 0;
    const [places, curve] = shown
      ? await Promise.all([fetchPlaces(run, signal), played ? fetchCurve(run, signal) : []])
      : [null, []];
    if (signal.aborted) return;
    this.snapshot = {...this.snapshot, replay, shown, synthetic: shown && now.synthetic, places, curve};
    await this.#map()?.heat.show(shown ? run : null, places, signal);
  }
}
