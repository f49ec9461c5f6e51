// Keeps the curve of one place: what was, minute by minute, and what is and was foreseen of it.

import {type Count, type Forecast, fetchCurve, fetchForecast, fetchForeseen, fetchMinutes} from './history-api';
import type {OptionalParts} from './optional-parts';
import {minuteMs} from './timeline';

/** What is known of a place over time. */
export interface PlaceCurve {
  readonly actual: readonly Count[];
  /** What was foreseen of each minute half an hour before. */
  readonly foreseen: readonly Count[];
  readonly forecast: Forecast | null;
}

export const noCurve: PlaceCurve = {actual: [], foreseen: [], forecast: null};

/** Whose curve, and of when. */
export interface CurveOf {
  readonly run: string;
  readonly place: string;
  /** Whether it is the core of an evening, of which the player itself can tell. */
  readonly core: boolean;
  /** The first minute that is wanted, and the present one; Unix ms. */
  readonly from: number;
  readonly now: number;
}

/** What was foreseen is read again so often: it is as old as its horizon. */
const foreseenEveryMs = 5 * minuteMs;

export class CurveSource {
  readonly #parts: OptionalParts;
  #of = '';
  #now = Number.NEGATIVE_INFINITY;
  #curve = noCurve;
  #forecastAt = Number.NEGATIVE_INFINITY;
  #foreseenAt = Number.NEGATIVE_INFINITY;

  constructor(parts: OptionalParts) {
    this.#parts = parts;
  }

  /** The curve up to now. Only what is new is asked for, all of it where the evening has gone back. */
  async read(of: CurveOf, signal: AbortSignal): Promise<PlaceCurve> {
    const name = `${of.run} ${of.place}`;
    if (name !== this.#of || of.now < this.#now) this.#forget();
    this.#of = name;
    this.#now = of.now;
    const [actual, forecast, foreseen] = await Promise.all([
      this.#actual(of, signal),
      this.#forecast(of, signal),
      this.#foreseen(of, signal),
    ]);
    // Another place may have been asked for meanwhile.
    if (!signal.aborted && name === this.#of) this.#curve = {actual, forecast, foreseen};
    return this.#curve;
  }

  #forget(): void {
    this.#curve = noCurve;
    this.#forecastAt = Number.NEGATIVE_INFINITY;
    this.#foreseenAt = Number.NEGATIVE_INFINITY;
  }

  async #actual({run, place, core, from, now}: CurveOf, signal: AbortSignal): Promise<readonly Count[]> {
    const known = this.#curve.actual;
    // The last minute may have been counted further since.
    const since = known.at(-1)?.t ?? from;
    const minutes = await this.#parts.ask(`minutes ${run}`, () => fetchMinutes(run, place, since, signal));
    if (minutes === null && core) return (await this.#parts.ask('curve', () => fetchCurve(run, signal))) ?? known;
    if (minutes === null) return known;
    // An evening that was played before may have minutes ahead.
    return [...known.filter(({t}) => t < since), ...minutes.filter(({t}) => t <= now)];
  }

  async #forecast({run, place, now}: CurveOf, signal: AbortSignal): Promise<Forecast | null> {
    const minute = Math.floor(now / minuteMs);
    if (minute === this.#forecastAt) return this.#curve.forecast;
    this.#forecastAt = minute;
    return this.#parts.ask(`forecast ${run}`, () => fetchForecast(run, place, signal));
  }

  async #foreseen({run, place, now}: CurveOf, signal: AbortSignal): Promise<readonly Count[]> {
    const slot = Math.floor(now / foreseenEveryMs);
    if (slot === this.#foreseenAt) return this.#curve.foreseen;
    this.#foreseenAt = slot;
    return (await this.#parts.ask(`foreseen ${run}`, () => fetchForeseen(run, place, signal))) ?? this.#curve.foreseen;
  }
}
