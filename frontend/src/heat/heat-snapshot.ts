// What the wall shows of the heat at a moment.

import type {PlaceFeature, Places, Replay} from './api';
import {noCurve, type PlaceCurve} from './curve-source';
import type {Stored} from './history-api';
import {type Pace, paces} from './timeline';

export interface HeatSnapshot {
  /** The evening that the panel is about, played or not. */
  readonly replay: Replay | null;
  /** The run that is shown: empty for what is heard now, null for nothing. */
  readonly run: string | null;
  readonly synthetic: boolean;
  /** The present of the run, Unix ms; null where nothing is shown. */
  readonly now: number | null;
  /** The stored minutes; null where there are none to look at. */
  readonly stored: Stored | null;
  /** The stored minute that is shown, Unix ms; null for the present. */
  readonly at: number | null;
  /** Whether the stored minutes go by, and how fast. */
  readonly rolling: boolean;
  readonly pace: Pace;
  readonly places: Places | null;
  /** The place that the card and the curve are of. */
  readonly focus: string;
  readonly curve: PlaceCurve;
  readonly hotSpots: boolean;
  /** Why the last command failed, or empty. */
  readonly fault: string;
}

export const nothingYet: HeatSnapshot = {
  replay: null,
  run: null,
  synthetic: false,
  now: null,
  stored: null,
  at: null,
  rolling: false,
  pace: paces[0],
  places: null,
  focus: '',
  curve: noCurve,
  hotSpots: false,
  fault: '',
};

/** The run that is shown: the one that is asked for, else the first that is played; null if there is none. */
export function runOf(replays: readonly Replay[], asked: string | null): Replay | null {
  return replays.find(({id}) => id === asked) ?? replays.find(({state}) => state !== 'idle') ?? replays[0] ?? null;
}

/** The place of the card: the one that was chosen, else the core of the evening, else the first. */
export function focusOf(places: Places | null, chosen: string, replay: Replay | null): PlaceFeature | null {
  const all = places?.features ?? [];
  return all.find(({id}) => id === chosen) ?? all.find(({id}) => id === replay?.core) ?? all[0] ?? null;
}

const hourMs = 3_600_000;
/** What is heard now is shown with so many hours before it, and as far ahead as forecasts reach. */
const hoursBefore = 6;
const hoursAhead = 3;

/** The span of time that the curve and the slider have, Unix ms. */
export function spanOf({replay, run, now}: HeatSnapshot): {readonly begin: number; readonly end: number} | null {
  if (run === null || now === null) return null;
  if (run !== '' && replay) return {begin: Date.parse(replay.begin), end: Date.parse(replay.end)};
  const hour = Math.floor(now / hourMs) * hourMs;
  return {begin: hour - hoursBefore * hourMs, end: hour + (hoursAhead + 1) * hourMs};
}
