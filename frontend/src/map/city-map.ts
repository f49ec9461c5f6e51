// The map of the city: MapLibre with our style, our tiles and nothing from elsewhere.

import {
  type GeoJSONSource,
  Map as MapLibreMap,
  type PaddingOptions,
  type StyleSpecification,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type {Catalog, Collection, Item} from '../api';
import type {Language} from '../i18n';
import {boundsOf, boundsOfCity} from './bounds';
import {type Coverage, coverageOf} from './coverage';
import {type MapFault, watchHealth} from './health';
import {HeatMap} from './heat';
import {drawImage} from './images';
import type {Lens} from './lens';
import {LiveMap, type LiveMapEvents, type LivePick} from './live/live-map';
import {type Pick, picksAt, type RegionsAt, regionsAt} from './picking';
import {labelFeatures, loadRegionLabels} from './region-labels';
import {tileSources} from './sources';
import {regionLabelSource} from './style/ground';
import {fenceSource, trackSource} from './style/live';
import {markImage, markLayer, selectionSource} from './style/overlay';
import {partOf, type Role} from './style/part';
import {cityStyle} from './style/style';
import {metresPerPixel, type View} from './view';

/** What the wall learns from the map. */
export interface CityMapEvents {
  view(view: View): void;
  regions(regions: RegionsAt): void;
  /** What the tiles of the view hold, by layer, once they are all there. */
  coverage(coverage: ReadonlyMap<string, Coverage>): void;
  /** The name of the city became known, or that nothing tells it. */
  city(name: string | null): void;
  picks(picks: readonly Pick[]): void;
  /** Buildings became bodies or outlines. */
  solid(solid: boolean): void;
  /** An object of a stream was clicked. */
  picksLive(pick: LivePick): void;
  readonly live: LiveMapEvents;
  fault(fault: MapFault, detail: string): void;
  mended(fault: MapFault): void;
  rebuild(): void;
}

export interface CityMapOptions {
  readonly container: HTMLElement;
  readonly catalog: Catalog;
  readonly language: Language;
  readonly mark: string;
  readonly hidden: ReadonlySet<string>;
  readonly solid: boolean;
  readonly lens: Lens;
  /** How much larger than on a screen of 1920 × 1080 everything is drawn. */
  readonly factor: number;
  readonly padding: PaddingOptions;
  /** How old, in ms, a row of a stream may be to count as current. */
  readonly staleMs: (stream: string) => number;
  readonly events: CityMapEvents;
}

/** From this zoom buildings have bodies, so the third dimension is worth a tilt. */
const solidZoom = 14;
const tilt = 52;
/** How close one comes to a single feature: its symbol is legible. */
const closeUp = 17;
/** Pixels between a picked feature and the card beside it. */
const clearance = 80;
const labelRetryMs = 10_000;

export class CityMap {
  readonly map: MapLibreMap;
  readonly live: LiveMap;
  readonly heat: HeatMap;
  readonly #events: CityMapEvents;
  readonly #ended = new AbortController();
  #catalog: Catalog;
  #hidden: ReadonlySet<string>;
  #solid: boolean;
  #lens: Lens;
  #mark: string;
  readonly #factor: number;

  constructor(options: CityMapOptions) {
    const {container, catalog, language, mark, hidden, solid, lens, factor, padding, staleMs, events} = options;
    this.#events = events;
    this.#catalog = catalog;
    this.#hidden = hidden;
    this.#solid = solid;
    this.#lens = lens;
    this.#mark = mark;
    this.#factor = factor;
    const addressed = location.hash.includes('map=');
    // MapLibre looks for its worker beside its own module, where no bundler puts it.
    setWorkerUrl(workerUrl);
    this.map = new MapLibreMap({
      container,
      style: this.#style(language, mark),
      hash: 'map',
      attributionControl: false,
      maxPitch: 70,
      minZoom: 5,
      // The default of 4096 would draw a wide wall at a lower pixel ratio.
      maxCanvasSize: [8192, 4320],
      // Tiles out of view are not told of changes: a pan back asks for them again.
      maxTileCacheSize: 0,
      transformRequest: (url) => ({url: new URL(url, location.origin).href}),
    });
    this.map.resize(); // before its first frame the map does not know the size it must fit into
    this.map.setPadding(padding);
    if (!addressed) this.map.fitBounds(boundsOfCity(catalog.collections), {animate: false});
    this.map.setMissingStyleImageResolver(async (name) => this.#addImage(name));
    this.#listen();
    watchHealth(this.map, events, this.#ended.signal);
    this.live = new LiveMap({
      map: this.map,
      sources: () => tileSources(this.#catalog.collections),
      city: boundsOfCity(catalog.collections),
      factor,
      staleMs,
      events: events.live,
    });
    this.live.setHidden(hidden);
    this.heat = new HeatMap(this.map, this.#ended.signal);
  }

  #listen(): void {
    const {map} = this;
    map.once('style.load', () => {
      // A background's pattern is not asked for like other images.
      this.#addImage(markImage);
      this.#applyVisibility();
      void this.#placeRegionLabels();
    });
    map.once('load', () => this.#events.mended('start'));
    map.on('move', () => this.#events.view(this.view));
    map.on('idle', () => {
      this.#events.view(this.view);
      this.#events.regions(regionsAt(map));
      this.#events.coverage(coverageOf(map, tileSources(this.#catalog.collections)));
    });
    map.on('click', ({point}) => this.#pick(point.x, point.y));
    map.on('mousemove', ({point: {x, y}}) => {
      if (map.isMoving()) return;
      const found = this.live.pick(x, y) !== null || picksAt(map, x, y).length > 0;
      map.getCanvas().style.cursor = found ? 'pointer' : '';
    });
    map.on('pitchend', () => {
      if (map.getPitch() > 5 && !this.#solid) this.setSolid(true);
    });
    map.getCanvas().addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      const {x, y} = map.project(map.getCenter());
      this.#pick(x, y);
    });
  }

  /** What moves lies over everything else. */
  #pick(x: number, y: number): void {
    const moving = this.live.pick(x, y);
    if (moving) this.#events.picksLive(moving);
    else this.#events.picks(picksAt(this.map, x, y));
  }

  get view(): View {
    const {lng, lat} = this.map.getCenter();
    const zoom = this.map.getZoom();
    return {
      lon: lng,
      lat,
      zoom,
      pitch: this.map.getPitch(),
      bearing: this.map.getBearing(),
      metresPerPixel: metresPerPixel(lat, zoom),
    };
  }

  /** Shows all layers but these. */
  setHidden(hidden: ReadonlySet<string>): void {
    this.#hidden = hidden;
    this.#applyVisibility();
    this.live.setHidden(hidden);
  }

  /** Shows buildings as bodies and tilts the view, or as flat outlines from straight above. */
  setSolid(solid: boolean, move = false): void {
    this.#solid = solid;
    this.#applyVisibility();
    this.#events.solid(solid);
    if (move) this.map.easeTo({pitch: solid && this.map.getZoom() >= solidZoom ? tilt : 0});
  }

  /** Colours the field of components by how many there are, or by how many are damaged. */
  setLens(lens: Lens): void {
    this.#lens = lens;
    this.#applyVisibility();
  }

  /** Writes the labels and the mark in another language. */
  setLanguage(language: Language, mark: string): void {
    for (const spec of this.#style(language, mark).layers) {
      if (spec.type !== 'symbol' || !this.map.getLayer(spec.id)) continue;
      for (const property of ['text-field', 'text-letter-spacing'] as const) {
        const value = spec.layout?.[property];
        if (value !== undefined) this.map.setLayoutProperty(spec.id, property, value);
      }
    }
    this.setMark(mark);
  }

  /** Writes another mark into the picture. */
  setMark(mark: string): void {
    if (mark === this.#mark || !this.map.isStyleLoaded()) return;
    const first = this.#mark === '';
    this.#mark = mark;
    const image = drawImage(markImage, mark);
    if (image && this.map.hasImage(markImage)) this.map.updateImage(markImage, image.data);
    else this.#addImage(markImage);
    if (first) for (const layer of markLayer(mark)) this.map.addLayer(layer);
  }

  /** Marks a feature in the picture; null marks none. */
  setSelection(item: Item | null): void {
    const source = this.map.getSource<GeoJSONSource>(selectionSource);
    source?.setData(item ? featureOf(item) : {type: 'FeatureCollection', features: []});
  }

  /** Marks an object of a stream and where it was, as lines; null marks none. */
  setLiveSelection(pick: LivePick | null, track: GeoJSON.FeatureCollection | null): void {
    this.live.select(pick);
    void this.map.getSource<GeoJSONSource>(trackSource)?.setData(track ?? {type: 'FeatureCollection', features: []});
  }

  /** Shows the fences. */
  setFences(fences: GeoJSON.FeatureCollection): void {
    void this.map.getSource<GeoJSONSource>(fenceSource)?.setData(fences);
  }

  /** Takes the catalog's new figures, and asks again for the tiles of layers whose figures changed. */
  setCatalog(catalog: Catalog): void {
    const before = new Map(this.#catalog.collections.map((collection) => [collection.id, figures(collection)]));
    const changed = new Set(
      catalog.collections.filter((collection) => before.get(collection.id) !== figures(collection)).map(({id}) => id),
    );
    this.#catalog = catalog;
    const inView = this.map.coveringTiles({tileSize: 512}).map(({canonical}) => canonical);
    for (const {id, layers} of tileSources(catalog.collections)) {
      if (layers.some((layer) => changed.has(layer)) && this.map.getSource(id)) this.map.refreshTiles(id, inView);
    }
  }

  flyToCity(): void {
    this.map.fitBounds(boundsOfCity(this.#catalog.collections), {pitch: 0, bearing: 0});
  }

  flyToItem(item: Item): void {
    const bounds = boundsOf(item.geometry);
    this.map.fitBounds(bounds, {
      maxZoom: Math.max(closeUp, this.map.getZoom()),
      padding: 60,
      pitch: this.map.getPitch(),
    });
  }

  /** Shows all of a shape above what covers so many CSS pixels of the map from below. */
  flyToGeometry(geometry: GeoJSON.Geometry, covered = 0): void {
    const padding = {top: 60, left: 60, right: 60, bottom: 60 + covered};
    this.map.fitBounds(boundsOf(geometry), {padding, pitch: this.map.getPitch()});
  }

  /** Comes close to a place in degrees. */
  flyToPlace(lon: number, lat: number): void {
    this.map.easeTo({center: [lon, lat], zoom: Math.max(closeUp, this.map.getZoom())});
  }

  /** Moves the map aside when a feature would lie under the box of the page that is given. */
  keepClear(item: Item, box: DOMRect): void {
    const [west, south, east, north] = boundsOf(item.geometry);
    const canvas = this.map.getCanvas().getBoundingClientRect();
    const point = this.map.project([(west + east) / 2, (south + north) / 2]);
    const [x, y] = [point.x + canvas.left, point.y + canvas.top];
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) return;
    this.map.panBy([x - box.left + clearance, 0]);
  }

  /** Comes close enough for a layer to be drawn; stays where it is when it already is. */
  approach(layer: Collection): void {
    if (this.map.getZoom() < layer.zoom.min) this.map.flyTo({zoom: layer.zoom.min + 0.2});
  }

  northUp(): void {
    this.map.easeTo({bearing: 0, pitch: 0});
  }

  setPadding(padding: PaddingOptions): void {
    this.map.easeTo({padding, duration: 200});
  }

  /** Takes the map off the page. The object is dead afterwards. */
  remove(): void {
    this.#ended.abort();
    this.live.remove();
    this.map.remove();
  }

  #style(language: Language, mark: string): StyleSpecification {
    return cityStyle({catalog: {...this.#catalog, mark}, language, factor: this.#factor, origin: location.origin});
  }

  #addImage(name: string): void {
    const image = drawImage(name, this.#mark);
    if (!image || this.map.hasImage(name)) return;
    // Icons grow by the style's icon-size; patterns have no such property.
    const grown = image.pattern ? image.pixelRatio / this.#factor : image.pixelRatio;
    this.map.addImage(name, image.data, {pixelRatio: grown});
  }

  #applyVisibility(): void {
    const style = this.map.getStyle();
    for (const spec of style?.layers ?? []) {
      const part = partOf(spec);
      // Regions keep answering "where is this" while their lines are off.
      if (!part || part.role === 'hit') continue;
      const shown = !this.#hidden.has(part.layer) && !this.#otherLook(part.role);
      const visibility = shown ? 'visible' : 'none';
      if ((this.map.getLayoutProperty(spec.id, 'visibility') ?? 'visible') !== visibility) {
        this.map.setLayoutProperty(spec.id, 'visibility', visibility);
      }
    }
  }

  /** Whether a part of this role belongs to the look of its layer that is off. */
  #otherLook(role: Role): boolean {
    switch (role) {
      case 'flat':
        return this.#solid;
      case 'solid':
        return !this.#solid;
      case 'density':
      case 'damage':
        return role !== this.#lens;
      default:
        return false;
    }
  }

  async #placeRegionLabels(): Promise<void> {
    try {
      const {city, labels} = await loadRegionLabels(this.#catalog.collections);
      if (this.#ended.signal.aborted) return;
      this.map.getSource<GeoJSONSource>(regionLabelSource)?.setData(labelFeatures(labels));
      this.#events.city(city);
    } catch {
      // The map's own tiles fail with these and say so; the names follow when the server is back.
      const timer = setTimeout(() => this.#placeRegionLabels(), labelRetryMs);
      this.#ended.signal.addEventListener('abort', () => clearTimeout(timer));
    }
  }
}

/** The item as the style draws it: its geometry, and the height that makes it a body. */
function featureOf({geometry, attributes}: Item): GeoJSON.Feature {
  return {type: 'Feature', geometry, properties: {height_metres: attributes.height_metres ?? null}};
}

/** What changes when a layer's features do; the as-of time alone does not count. */
function figures({summary}: Collection): string {
  if (!summary) return '';
  const {asOf: _, ...rest} = summary;
  return JSON.stringify(rest);
}
