// The heat in the picture: the cells of the view at the size that suits its zoom, and the places.

import type {GeoJSONSource, Map as MapLibreMap} from 'maplibre-gl';
import {fetchCells, type Places} from '../heat/api';
import {heatPlaceSource, heatSource} from './style/heat';

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

const empty: GeoJSON.FeatureCollection = {type: 'FeatureCollection', features: []};
/** How far beyond the view cells are asked for, in its own size: a cell counts where its middle is. */
const margin = 0.1;

export class HeatMap {
  readonly #map: MapLibreMap;
  /** The run that is shown, empty for what is heard now, null for nothing. */
  #run: string | null = null;
  #asking: AbortController | null = null;

  constructor(map: MapLibreMap, ended: AbortSignal) {
    this.#map = map;
    map.on('moveend', () => {
      // A fault here is one of the next round as well, which is told.
      if (this.#run !== null) this.#draw(this.#run, ended).catch(() => undefined);
    });
    ended.addEventListener('abort', () => this.#asking?.abort());
  }

  /** Draws a run as it is now, what is heard now where it is empty, or nothing where it is null. */
  async show(run: string | null, places: Places | null, signal: AbortSignal): Promise<void> {
    const cleared = run === null && this.#run !== null;
    this.#run = run;
    if (run === null) {
      this.#asking?.abort();
      if (!cleared) return;
      this.#set(heatSource, empty);
      this.#set(heatPlaceSource, empty);
      return;
    }
    this.#set(heatPlaceSource, places ?? empty);
    await this.#draw(run, signal);
  }

  /** Draws the cells of the view; the newest question wins. */
  async #draw(run: string, ended: AbortSignal): Promise<void> {
    this.#asking?.abort();
    const own = new AbortController();
    this.#asking = own;
    const signal = AbortSignal.any([own.signal, ended]);
    try {
      const cells = await fetchCells(run, resolutionAt(this.#map.getZoom()), this.#box(), signal);
      if (!signal.aborted) this.#set(heatSource, cells);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
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
