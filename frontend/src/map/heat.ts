// The heat in the picture: the cells of the view at the size that suits its zoom, and the places.

import type {GeoJSONSource, Map as MapLibreMap} from 'maplibre-gl';
import {fetchCells, fetchHotSpots, type Moment, type Places} from '../heat/api';
import {OptionalParts} from '../heat/optional-parts';
import {heatPlaceSource, heatSource, hotSpotSource} from './style/heat';

/** The zooms below which cells are of a resolution; beyond the last they are of the finest. */
const steps: readonly (readonly [below: number, resolution: number])[] = [
  [9, 6],
  [10.5, 7],
  [12, 8],
  [13.5, 9],
  [15, 10],
];
const finest = 11;

/** The H3 resolution whose cells are neither dust nor slabs at a zoom. */
export function resolutionAt(zoom: number): number {
  return steps.find(([below]) => zoom < below)?.[1] ?? finest;
}

/** The one that is stored and nearest to a resolution; any is where nothing says which are. */
export function storedResolution(resolution: number, stored: readonly number[] | null): number {
  if (!stored || stored.length === 0) return resolution;
  return stored.reduce((near, one) => (Math.abs(one - resolution) < Math.abs(near - resolution) ? one : near));
}

const empty: GeoJSON.FeatureCollection = {type: 'FeatureCollection', features: []};
/** How far beyond the view cells are asked for, in its own size: a cell counts where its middle is. */
const margin = 0.1;

/** What is drawn with the cells. */
export interface HeatExtras {
  readonly places: Places | null;
  readonly hotSpots: boolean;
  /** The resolutions that stored minutes have; null if all. */
  readonly stored: readonly number[] | null;
}

export class HeatMap {
  readonly #map: MapLibreMap;
  readonly #parts = new OptionalParts();
  /** What is shown, null for nothing. */
  #moment: Moment | null = null;
  #hotSpots = false;
  #stored: readonly number[] | null = null;
  #asking: AbortController | null = null;

  constructor(map: MapLibreMap, ended: AbortSignal) {
    this.#map = map;
    map.on('moveend', () => {
      // A fault here is one of the next round as well, which is told.
      if (this.#moment) this.#draw(this.#moment, ended).catch(() => undefined);
    });
    ended.addEventListener('abort', () => this.#asking?.abort());
  }

  /** Draws a run as it is now or was, or nothing where the moment is null. */
  async show(moment: Moment | null, {places, hotSpots, stored}: HeatExtras, signal: AbortSignal): Promise<void> {
    const cleared = moment === null && this.#moment !== null;
    this.#moment = moment;
    this.#stored = stored;
    if (this.#hotSpots && !hotSpots) this.#set(hotSpotSource, empty);
    this.#hotSpots = hotSpots;
    if (moment === null) {
      this.#asking?.abort();
      if (!cleared) return;
      for (const source of [heatSource, heatPlaceSource, hotSpotSource]) this.#set(source, empty);
      return;
    }
    this.#set(heatPlaceSource, places ?? empty);
    await this.#draw(moment, signal);
  }

  /** Draws the cells of the view; the newest question wins. */
  async #draw(moment: Moment, ended: AbortSignal): Promise<void> {
    this.#asking?.abort();
    const own = new AbortController();
    this.#asking = own;
    const signal = AbortSignal.any([own.signal, ended]);
    const fit = resolutionAt(this.#map.getZoom());
    const resolution = moment.at === null ? fit : storedResolution(fit, this.#stored);
    try {
      const [cells, spots] = await Promise.all([
        fetchCells(moment, resolution, this.#box(), signal),
        this.#hotSpots ? this.#spots(moment, resolution, signal) : null,
      ]);
      if (signal.aborted) return;
      this.#set(heatSource, cells);
      if (this.#hotSpots) this.#set(hotSpotSource, spots ?? empty);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** The hot spots of now; none are kept of what was. */
  #spots({run, at}: Moment, resolution: number, signal: AbortSignal): Promise<GeoJSON.FeatureCollection | null> {
    if (at !== null) return Promise.resolve(null);
    return this.#parts.ask(`${run} ${resolution}`, () => fetchHotSpots(run, resolution, signal));
  }

  /** West, south, east and north of the view and a little more. */
  #box(): [number, number, number, number] {
    const bounds = this.#map.getBounds();
    const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const [dx, dy] = [(east - west) * margin, (north - south) * margin];
    return [west - dx, south - dy, east + dx, north + dy];
  }

  #set(source: string, data: GeoJSON.FeatureCollection): void {
    void this.#map.getSource<GeoJSONSource>(source)?.setData(data);
  }
}
