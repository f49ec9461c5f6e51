// The streams and fences as the server describes them, and single objects of streams.

import {getJSON, type Text} from './api';

export interface StreamField {
  readonly name: string;
  readonly title: Text;
  readonly type: string;
  readonly unit?: string;
}

export interface StreamDefinition {
  readonly name: string;
  readonly title: Text;
  readonly mover: boolean;
  /** Seconds after which an object that was not heard of is shown as stale. */
  readonly staleAfter: number;
  readonly states: ReadonlyMap<number, Text>;
  readonly fields: readonly StreamField[];
}

/** An object of a stream as it was last reported. */
export interface StreamObject {
  readonly stream: string;
  readonly key: string;
  readonly lon: number;
  readonly lat: number;
  /** RFC 3339. */
  readonly time: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly synthetic: boolean;
}

interface WireStream {
  readonly name: string;
  readonly title: Text;
  readonly mover: boolean;
  readonly stale_after_s: number;
  readonly states: readonly {readonly code: number; readonly title: Text}[];
  readonly fields: readonly StreamField[];
}

export async function fetchStreams(signal: AbortSignal): Promise<StreamDefinition[]> {
  const {streams} = await getJSON<{streams: readonly WireStream[]}>('/streams', signal);
  return streams.map(({name, title, mover, stale_after_s, states, fields}) => ({
    name,
    title,
    mover,
    staleAfter: stale_after_s,
    states: new Map(states.map((state) => [state.code, state.title])),
    fields,
  }));
}

export async function fetchObject(stream: string, key: string, signal: AbortSignal): Promise<StreamObject> {
  const feature = await getJSON<GeoJSON.Feature<GeoJSON.Point, Record<string, unknown>>>(address(stream, key), signal);
  const {t, synthetic, ...fields} = feature.properties;
  const [lon = 0, lat = 0] = feature.geometry.coordinates;
  return {stream, key, lon, lat, time: String(t), fields, synthetic: synthetic === true};
}

/** How many objects of a stream are synthetic. */
export async function countSynthetic(stream: string, signal: AbortSignal): Promise<number> {
  const query = new URLSearchParams({where: 'synthetic = true', limit: '1'});
  const answer = await getJSON<{numberMatched: number}>(`/streams/${encodeURIComponent(stream)}?${query}`, signal);
  return answer.numberMatched;
}

/** Where an object was in the last hour: a line for each time that it was heard of without a gap. */
export function fetchTrack(stream: string, key: string, signal: AbortSignal): Promise<GeoJSON.FeatureCollection> {
  return getJSON(`${address(stream, key)}/track`, signal);
}

/** The fences there are. */
export function fetchFences(signal: AbortSignal): Promise<GeoJSON.FeatureCollection> {
  return getJSON('/fences', signal);
}

function address(stream: string, key: string): string {
  return `/streams/${encodeURIComponent(stream)}/${encodeURIComponent(key)}`;
}
