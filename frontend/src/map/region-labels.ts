// Where the names of districts and streets stand.
//
// MapLibre puts a polygon's label into every tile that holds a piece of it, so a district would be
// named many times. Instead the page reads the regions once from the tiles of a low zoom, where
// most are whole, and places one point for each. The same tiles know the name of the city.

import {VectorTile, type VectorTileFeature} from '@mapbox/vector-tile';
import {PbfReader} from 'pbf';
import polylabel from 'polylabel';
import {api, type Collection} from '../api';

/** The zoom that is read: streets are in tiles from here, and a city fits into a few of them. */
const zoom = 8;
/** A layer whose extent covers more tiles than this is not a city's. */
const maxTiles = 36;

type Ring = readonly (readonly [number, number])[];

interface Piece {
  readonly level: string;
  readonly name: string;
  readonly nameEnglish: string;
  /** Outer ring first, lon, lat. */
  readonly rings: readonly Ring[];
  readonly area: number;
}

export interface RegionLabel {
  readonly level: string;
  readonly name: string;
  readonly nameEnglish: string;
  readonly lon: number;
  readonly lat: number;
}

export interface RegionLabels {
  /** The name of the city that the districts are of, or null when no place tells it. */
  readonly city: string | null;
  readonly labels: readonly RegionLabel[];
}

/** Reads the regions' tiles and places their labels; levels that the catalog lacks are left out. */
export async function loadRegionLabels(collections: readonly Collection[]): Promise<RegionLabels> {
  const levels = collections.filter(({id}) => id === 'district' || id === 'street');
  const names = collections
    .filter(({id}) => id === 'place' || levels.some((level) => level.id === id))
    .map(({id}) => id);
  if (levels.length === 0) return {city: null, labels: []};
  const tiles = tilesOf(levels.flatMap(({boxes}) => boxes));
  const bodies = await Promise.all(tiles.map(async ([x, y]) => ({x, y, body: await api.tile(names, zoom, x, y)})));
  const largest = new Map<string, Piece>();
  const cities: VectorTileFeature[] = [];
  for (const {x, y, body} of bodies) {
    if (body.byteLength === 0) continue;
    const tile = new VectorTile(new PbfReader(new Uint8Array(body)));
    for (const level of names) {
      const layer = tile.layers[level];
      for (let i = 0; layer && i < layer.length; i++) {
        const feature = layer.feature(i);
        if (level === 'place') {
          if (feature.properties.kind === 'city') cities.push(feature);
          continue;
        }
        const key = `${level} ${feature.id ?? feature.properties.name}`;
        for (const piece of piecesOf(level, feature, x, y)) {
          if (piece.area > (largest.get(key)?.area ?? 0)) largest.set(key, piece);
        }
      }
    }
  }
  const [city] = cities.map(({properties}) => properties.name).filter((name) => typeof name === 'string');
  return {city: city ?? null, labels: placeLabels([...largest.values()])};
}

/** One point for each piece; districts stand in the middle of their streets, as theirs may hold sea. */
export function placeLabels(pieces: readonly Piece[]): RegionLabel[] {
  const streets = pieces.filter(({level}) => level === 'street').map(labelInside);
  const districts = pieces
    .filter(({level}) => level === 'district')
    .map((piece) => {
      const own = streets.filter(({lon, lat}) => contains(piece.rings, lon, lat));
      const middle = {lon: mean(own.map(({lon}) => lon)), lat: mean(own.map(({lat}) => lat))};
      const label = labelInside(piece);
      return own.length > 0 && contains(piece.rings, middle.lon, middle.lat) ? {...label, ...middle} : label;
    });
  return [...districts, ...streets];
}

/** The labels as the features of the style's source. */
export function labelFeatures(labels: readonly RegionLabel[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: labels.map(({level, name, nameEnglish, lon, lat}) => ({
      type: 'Feature',
      properties: {level, name, name_en: nameEnglish},
      geometry: {type: 'Point', coordinates: [lon, lat]},
    })),
  };
}

function labelInside({level, name, nameEnglish, rings}: Piece): RegionLabel {
  const [lon = 0, lat = 0] = polylabel(rings as unknown as number[][][], 0.002);
  return {level, name, nameEnglish, lon, lat};
}

function piecesOf(level: string, feature: VectorTileFeature, x: number, y: number): Piece[] {
  const {name, name_en: nameEnglish} = feature.properties;
  if (typeof name !== 'string' || name === '') return [];
  const {geometry} = feature.toGeoJSON(x, y, zoom);
  const polygons =
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  return polygons.map((coordinates) => {
    const rings = coordinates as unknown as readonly Ring[];
    return {
      level,
      name,
      nameEnglish: typeof nameEnglish === 'string' ? nameEnglish : '',
      rings,
      area: Math.abs(ringArea(rings[0] ?? [])),
    };
  });
}

/** Tile addresses at the zoom that cover the boxes [west, south, east, north]. */
export function tilesOf(boxes: readonly (readonly number[])[]): [x: number, y: number][] {
  const tiles = new Map<string, [number, number]>();
  for (const [west = 0, south = 0, east = 0, north = 0] of boxes) {
    const [left, top] = tileAt(west, north);
    const [right, bottom] = tileAt(east, south);
    for (let x = left; x <= right; x++) {
      for (let y = top; y <= bottom && tiles.size < maxTiles; y++) tiles.set(`${x}/${y}`, [x, y]);
    }
  }
  return [...tiles.values()];
}

/** Web-Mercator tile address of a point: OGC Two Dimensional Tile Matrix Set, WebMercatorQuad. */
function tileAt(lon: number, lat: number): [x: number, y: number] {
  const side = 2 ** zoom;
  const radians = (Math.min(85, Math.max(-85, lat)) * Math.PI) / 180;
  const clamp = (value: number) => Math.min(side - 1, Math.max(0, Math.floor(value)));
  return [clamp(((lon + 180) / 360) * side), clamp(((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * side)];
}

/** Shoelace formula, in square degrees: only compared, never shown. */
function ringArea(ring: Ring): number {
  let sum = 0;
  ring.forEach(([x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length] ?? [x, y];
    sum += x * nextY - nextX * y;
  });
  return sum / 2;
}

/** Even-odd rule over all rings, so that holes count as outside. */
export function contains(rings: readonly Ring[], lon: number, lat: number): boolean {
  let inside = false;
  for (const ring of rings) {
    ring.forEach(([x, y], i) => {
      const [px, py] = ring[(i + ring.length - 1) % ring.length] ?? [x, y];
      if (y > lat !== py > lat && lon < ((px - x) * (lat - y)) / (py - y) + x) inside = !inside;
    });
  }
  return inside;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
