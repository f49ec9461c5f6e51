// What the wall knows of alarms: those of the run that is shown, and the one that is new.

import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {RequestError} from '../api';
import type {LiveEvent} from '../live/protocol';
import {pause} from '../pause';
import {type Alarm, acknowledge, fetchAlarms} from './alarm-api';
import {isUrgent, merged, noticeOf, ordered} from './alarms';
import {OptionalParts} from './optional-parts';

/** The stream that tells of alarms; the list is read again so often in case it does not. */
export const alarmStream = 'alarms';
const readMs = 3_000;

export class AlarmState implements ReactiveController {
  alarms: readonly Alarm[] = [];
  /** An urgent alarm that has come since the page shows its run; null once it was dismissed or seen to. */
  news: Alarm | null = null;
  /** Why the last acknowledgement failed: another was faster, or the server's words; empty if it did not. */
  fault: '' | 'taken' | (string & {}) = '';

  readonly #host: ReactiveControllerHost;
  readonly #run: () => string | null;
  readonly #parts = new OptionalParts();
  #reading: AbortController | null = null;
  /** The run that the list is of; undefined before the first. */
  #of: string | null | undefined;
  #noticed = new Set<string>();
  /** What the stream told while the list was read, which may not have it yet. */
  #told: readonly Alarm[] = [];

  /** The run is what the wall shows: null if nothing. */
  constructor(host: ReactiveControllerHost, run: () => string | null) {
    this.#host = host;
    this.#run = run;
    host.addController(this);
  }

  hostConnected(): void {
    void this.#watch();
  }

  hostDisconnected(): void {
    this.#reading?.abort();
  }

  /** Takes what the stream tells. */
  told(events: readonly LiveEvent[]): void {
    // The body of an event lacks what the event itself says.
    const alarms = events.flatMap(({key, ver, body}) => (body ? [{...(body as unknown as Alarm), id: key, ver}] : []));
    const own = alarms.filter(({run}) => run === this.#of);
    this.#told = [...this.#told, ...own];
    this.#take(merged(this.alarms, own));
  }

  dismiss(): void {
    this.news = null;
    this.#host.requestUpdate();
  }

  async acknowledge(id: string, by: string, note: string): Promise<void> {
    try {
      this.#take(merged(this.alarms, [await acknowledge(id, by, note)]));
      this.fault = '';
    } catch (error) {
      const taken = error instanceof RequestError && error.status === 409;
      this.fault = taken ? 'taken' : String(error);
    }
    this.#host.requestUpdate();
  }

  async #watch(): Promise<void> {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    const {signal} = reading;
    while (!signal.aborted) {
      try {
        await this.#read(signal);
      } catch {
        // The wall says that the server is gone; the list stays as it was until it is back.
      }
      await pause(readMs, signal);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const run = this.#run();
    this.#told = [];
    const alarms = run === null ? null : await this.#parts.ask('alarms', () => fetchAlarms(run, signal));
    if (signal.aborted || run !== this.#run()) return;
    const other = run !== this.#of;
    this.#of = run;
    if (other) {
      // What was there before somebody looked is no news.
      this.news = null;
      this.#noticed = new Set((alarms ?? []).map(noticeOf));
    }
    // The server's list is whole: an evening that begins anew has none of the alarms of before.
    this.#take(merged(alarms ?? [], this.#told));
  }

  #take(alarms: readonly Alarm[]): void {
    this.alarms = ordered(alarms);
    const fresh = this.alarms.filter((alarm) => !this.#noticed.has(noticeOf(alarm)));
    for (const alarm of fresh) this.#noticed.add(noticeOf(alarm));
    const shown = this.alarms.find(({id}) => id === this.news?.id);
    this.news = fresh.find(isUrgent) ?? (shown && isUrgent(shown) ? shown : null);
    this.#host.requestUpdate();
  }
}
