// The minutes that the server has stored of a crowd, and what it foresaw and foresees.

import {getJSON} from '../api';
import {type Level, withQuery} from './api';

/** The stored minutes of a run, Unix ms. */
export interface Stored {
  readonly first: number;
  readonly last: number;
  /** Minutes that are missing: from the first to the last of each, both missing. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
  /** The resolutions whose cells are stored; null if all are. */
  readonly resolutions: readonly number[] | null;
}

/** How many were at a place at a time. */
export interface Count {
  /** Unix ms. */
  readonly t: number;
  readonly n: number;
}

/** How many are foreseen, with the bands that 80 and 95 of 100 are to fall in. */
export interface Foreseen extends Count {
  readonly low80: number;
  readonly high80: number;
  readonly low95: number;
  readonly high95: number;
}

/** When a level is foreseen to begin; the probability is null where it is not told. */
export interface Crossing {
  readonly level: Level;
  readonly t: number;
  readonly probability: number | null;
}

/** How the forecasts of this run have done so far. */
export interface Score {
  readonly n: number;
  readonly mase: number;
  readonly coverage80: number;
  readonly coverage95: number;
}

export interface Forecast {
  readonly points: readonly Foreseen[];
  readonly crossings: readonly Crossing[];
  readonly score: Score | null;
}

interface WireStored {
  readonly first: string | null;
  readonly last: string | null;
  readonly gaps: readonly (readonly [string, string])[];
  readonly resolutions?: readonly number[];
}

interface WireForecast {
  readonly points: readonly ({readonly t: string; readonly devices: number} & Omit<Foreseen, 't' | 'n'>)[];
  readonly crossings: readonly (Omit<Crossing, 't'> & {readonly t: string})[];
  readonly score: Score | null;
}

/** Which minutes are stored; null if none is. */
export async function fetchStored(run: string, signal: AbortSignal): Promise<Stored | null> {
  return storedOfWire(await getJSON(withQuery('/heat/minutes', {run}), signal));
}

export function storedOfWire({first, last, gaps, resolutions}: WireStored): Stored | null {
  if (first === null || last === null) return null;
  return {
    first: Date.parse(first),
    last: Date.parse(last),
    gaps: gaps.map(([from, to]) => [Date.parse(from), Date.parse(to)]),
    resolutions: resolutions ?? null,
  };
}

/** The minutes of a place from a time on. */
export async function fetchMinutes(run: string, place: string, from: number, signal: AbortSignal): Promise<Count[]> {
  const path = withQuery(`${address(place)}/minutes`, {run, from: new Date(from).toISOString()});
  const {minutes} = await getJSON<{minutes: readonly {t: string; devices: number}[]}>(path, signal);
  return minutes.map(({t, devices}) => ({t: Date.parse(t), n: devices}));
}

/** The core of a replay as its player counted it, for servers that store no minutes. */
export async function fetchCurve(run: string, signal: AbortSignal): Promise<Count[]> {
  const path = `/heat/replays/${encodeURIComponent(run)}/curve`;
  const {minutes} = await getJSON<{minutes: readonly {time: string; people: number}[]}>(path, signal);
  return minutes.map(({time, people}) => ({t: Date.parse(time), n: people}));
}

export async function fetchForecast(run: string, place: string, signal: AbortSignal): Promise<Forecast> {
  const {points, crossings, score} = await getJSON<WireForecast>(
    withQuery(`${address(place)}/forecast`, {run}),
    signal,
  );
  return {
    points: points.map(({t, devices, ...bands}) => ({t: Date.parse(t), n: devices, ...bands})),
    crossings: crossings.map((one) => ({...one, t: Date.parse(one.t)})),
    score,
  };
}

/** What was foreseen of each minute half an hour before it. */
export async function fetchForeseen(run: string, place: string, signal: AbortSignal): Promise<Count[]> {
  const path = withQuery(`${address(place)}/forecast/past`, {run, horizon_s: String(foreseenAheadS)});
  const {points} = await getJSON<{points: readonly {t: string; devices: number}[]}>(path, signal);
  return points.map(({t, devices}) => ({t: Date.parse(t), n: devices}));
}

export const foreseenAheadS = 1_800;

function address(place: string): string {
  return `/heat/places/${encodeURIComponent(place)}`;
}
