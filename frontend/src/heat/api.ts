// What the server says of the heat, in the page's own types, and the calls that ask for it.

import {getJSON, RequestError, type Text} from '../api';

/** Evenings have the clock of the city, wherever they are looked at. */
export const shanghai = 'Asia/Shanghai';

/** A step of the ladder that places stand on. */
export type Level = 'calm' | 'watch' | 'warn' | 'alarm' | 'critical';

/** Something that was published of an evening. */
export interface Fact {
  readonly time: string;
  readonly title: Text;
  /** How many were in the core at once; null if it tells of something else. */
  readonly people: number | null;
}

/** An evening that the server can play. */
export interface Replay {
  readonly id: string;
  readonly title: Text;
  /** RFC 3339, like all times here. */
  readonly begin: string;
  readonly end: string;
  /** The place that its curve is of. */
  readonly core: string;
  /** What the core is, and when somebody counts as there. */
  readonly definition: Text;
  readonly facts: readonly Fact[];
  readonly state: 'idle' | 'seeking' | 'playing' | 'paused' | 'done';
  /** How far it has been played, and how many times as fast as it was; null while it is idle. */
  readonly time: string | null;
  readonly speed: number | null;
}

/** Between which numbers the people of a place are. */
export interface People {
  readonly low: number;
  /** Null where the sources do not agree. */
  readonly mid: number | null;
  readonly high: number;
  readonly sources: readonly string[];
  readonly agree: boolean;
  /** People for each device. */
  readonly factor: {readonly low: number; readonly mid: number; readonly high: number; readonly measured: boolean};
  /** Whether what counters told is made up. */
  readonly synthetic: boolean;
}

/** Distinct visitors of a span, with the relative standard error of the count. */
export interface Visitors {
  readonly visitors: number;
  readonly error: number;
}

/** A place with its people, in the server's own names. */
export interface PlaceProperties {
  readonly name: string;
  readonly name_en: string;
  readonly flow: 'moving' | 'standing';
  /** The area that people can use. */
  readonly area_m2: number;
  /** Rounded to tens. */
  readonly devices: number;
  readonly visits: number;
  /** Devices per m² that people can use. */
  readonly density: number;
  readonly in_per_s: number;
  readonly out_per_s: number;
  readonly level: Level;
  /** The level that is foreseen within fifteen minutes, and in how many seconds; the same and null if none is. */
  readonly next: Level;
  readonly next_after_s: number | null;
  readonly people?: People | null;
  readonly windows?: Readonly<Partial<Record<WindowName, Visitors>>> | null;
  /** The open alarm of the place. */
  readonly alarm?: string | null;
}

export type WindowName = 'hour' | 'evening' | 'day';

export interface PlaceFeature extends GeoJSON.Feature<GeoJSON.Geometry, PlaceProperties> {
  readonly id: string;
}

export interface Places extends GeoJSON.FeatureCollection<GeoJSON.Geometry, PlaceProperties> {
  readonly features: PlaceFeature[];
  readonly synthetic: boolean;
}

/** Who is heard of now; devices is null where they are too few to be told. */
export interface HeatNow {
  readonly time: string;
  readonly devices: number | null;
  readonly synthetic: boolean;
}

interface WireReplay extends Omit<Replay, 'title' | 'definition' | 'facts'> {
  readonly title: string;
  readonly title_en: string;
  readonly definition?: string;
  readonly definition_en?: string;
  readonly facts?: readonly {
    readonly time: string;
    readonly title: string;
    readonly title_en: string;
    readonly people?: number;
  }[];
}

/** What a question is about: a run, empty for what is heard now, and a stored minute of it, null for now. */
export interface Moment {
  readonly run: string;
  /** Unix ms. */
  readonly at: number | null;
}

export async function fetchReplays(signal: AbortSignal): Promise<Replay[]> {
  const {replays} = await getJSON<{replays: readonly WireReplay[]}>('/heat/replays', signal);
  return replays.map(replayOfWire);
}

export function fetchNow(signal: AbortSignal): Promise<HeatNow> {
  return getJSON('/heat', signal);
}

/** The cells of a resolution whose middle is in a box. */
export function fetchCells(
  moment: Moment,
  resolution: number,
  box: readonly number[],
  signal: AbortSignal,
): Promise<GeoJSON.FeatureCollection> {
  const bbox = box.map((degrees) => degrees.toFixed(6)).join(',');
  return getJSON(withQuery(`/heat/${resolution}`, {...queryOf(moment), f: 'geojson', bbox}), signal);
}

/** Cells that are fuller, or emptier, than chance makes them. */
export function fetchHotSpots(
  run: string,
  resolution: number,
  signal: AbortSignal,
): Promise<GeoJSON.FeatureCollection> {
  return getJSON(withQuery(`/heat/hotspots/${resolution}`, {run, f: 'geojson'}), signal);
}

export function fetchPlaces(moment: Moment, signal: AbortSignal): Promise<Places> {
  return getJSON(withQuery('/heat/places', queryOf(moment)), signal);
}

/** Plays an evening from its beginning. */
export const startReplay = (run: string, speed: number) => change('PUT', run, {speed});
/** Plays on, at another speed. */
export const setSpeed = (run: string, speed: number) => change('PATCH', run, {speed});
/** Holds an evening where it is. */
export const pauseReplay = (run: string) => setSpeed(run, 0);
export const stopReplay = (run: string) => change('DELETE', run);

async function change(method: string, run: string, body?: object): Promise<void> {
  const answer = await fetch(address(run), {
    method,
    ...(body ? {body: JSON.stringify(body), headers: {'Content-Type': 'application/json'}} : {}),
  });
  // Somebody else may have stopped it before.
  if (!answer.ok && !(method === 'DELETE' && answer.status === 404)) {
    throw new RequestError(answer.status, `${answer.status} ${method} ${address(run)}`);
  }
}

function address(run: string): string {
  return `/heat/replays/${encodeURIComponent(run)}`;
}

/** An address with the members that are not empty. */
export function withQuery(path: string, members: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(Object.entries(members).filter(([, value]) => value !== ''));
  return query.size === 0 ? path : `${path}?${query}`;
}

function queryOf({run, at}: Moment): Record<string, string> {
  return {run, at: at === null ? '' : new Date(at).toISOString()};
}

function replayOfWire({title, title_en, definition, definition_en, facts, ...rest}: WireReplay): Replay {
  return {
    ...rest,
    title: {zh: title, en: title_en},
    definition: {zh: definition ?? '', en: definition_en ?? ''},
    facts: (facts ?? []).map((fact) => ({
      time: fact.time,
      title: {zh: fact.title, en: fact.title_en},
      people: fact.people ?? null,
    })),
  };
}
