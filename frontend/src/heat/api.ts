// What the server says of the heat, in the page's own types, and the calls that ask for it.

import {getJSON, RequestError, type Text} from '../api';

/** Evenings have the clock of the city, wherever they are looked at. */
export const shanghai = 'Asia/Shanghai';

/** A step of the ladder that places stand on. */
export type Level = 'calm' | 'watch' | 'warn' | 'alarm' | 'critical';

/** An evening that the server can play. */
export interface Replay {
  readonly id: string;
  readonly title: Text;
  /** RFC 3339, like all times here. */
  readonly begin: string;
  readonly end: string;
  /** The place that its curve is of. */
  readonly core: string;
  readonly state: 'idle' | 'playing' | 'done';
  /** How far it has been played, and how many times as fast as it was; null while it is idle. */
  readonly time: string | null;
  readonly speed: number | null;
}

/** A place with its people, in the server's own names. */
export interface PlaceProperties {
  readonly name: string;
  readonly name_en: string;
  /** Rounded to tens. */
  readonly devices: number;
  readonly visits: number;
  /** Devices per m² that people can use. */
  readonly density: number;
  readonly in_per_s: number;
  readonly out_per_s: number;
  readonly level: Level;
  /** The level that is foreseen within ten minutes, and in how many seconds; the same and null if none is. */
  readonly next: Level;
  readonly next_after_s: number | null;
}

export interface PlaceFeature extends GeoJSON.Feature<GeoJSON.Geometry, PlaceProperties> {
  readonly id: string;
}

export interface Places extends GeoJSON.FeatureCollection<GeoJSON.Geometry, PlaceProperties> {
  readonly features: PlaceFeature[];
  readonly synthetic: boolean;
}

/** How the core of a replay stood at a minute of its evening. */
export interface Minute {
  readonly time: string;
  readonly people: number;
}

/** Who is heard of now; devices is null where they are too few to be told. */
export interface HeatNow {
  readonly devices: number | null;
  readonly synthetic: boolean;
}

interface WireReplay extends Omit<Replay, 'title'> {
  readonly title: string;
  readonly title_en: string;
}

export async function fetchReplays(signal: AbortSignal): Promise<Replay[]> {
  const {replays} = await getJSON<{replays: readonly WireReplay[]}>('/heat/replays', signal);
  return replays.map(replayOfWire);
}

export function fetchNow(signal: AbortSignal): Promise<HeatNow> {
  return getJSON('/heat', signal);
}

/** The cells of a resolution whose middle is in a box; of what is heard now where run is empty. */
export function fetchCells(
  run: string,
  resolution: number,
  box: readonly number[],
  signal: AbortSignal,
): Promise<GeoJSON.FeatureCollection> {
  const query = new URLSearchParams({f: 'geojson', bbox: box.map((degrees) => degrees.toFixed(6)).join(',')});
  if (run !== '') query.set('run', run);
  return getJSON(`/heat/${resolution}?${query}`, signal);
}

export function fetchPlaces(run: string, signal: AbortSignal): Promise<Places> {
  return getJSON(run === '' ? '/heat/places' : `/heat/places?${new URLSearchParams({run})}`, signal);
}

export async function fetchCurve(run: string, signal: AbortSignal): Promise<readonly Minute[]> {
  const {minutes} = await getJSON<{minutes: readonly Minute[]}>(`${address(run)}/curve`, signal);
  return minutes;
}

/** Plays an evening from its beginning. */
export const startReplay = (run: string, speed: number) => change('PUT', run, {speed});
/** Plays on, at another speed. */
export const setSpeed = (run: string, speed: number) => change('PATCH', run, {speed});
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

function replayOfWire({title, title_en, ...rest}: WireReplay): Replay {
  return {...rest, title: {zh: title, en: title_en}};
}
