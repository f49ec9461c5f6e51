// Which features lie under a point of the picture.

import type {MapGeoJSONFeature, Map as MapLibreMap, PointLike} from 'maplibre-gl';
import {partOf} from './style/part';

/** A feature of the twin that was found in the picture. */
export interface Pick {
  readonly layer: string;
  readonly id: number;
}

/** What is small or thin wins over what is large; regions answer only when nothing else is there. */
const order: readonly string[] = [
  'component',
  'metro_station',
  'heritage',
  'pipeline',
  'curtain_wall',
  'building',
  'construction_site',
  'place',
  'metro_line',
  'road',
  'compound',
  'water',
  'village',
  'street',
  'district',
];
const regions: ReadonlySet<string> = new Set(['village', 'street', 'district']);

/** Half the side of the square that counts as "under the pointer", in CSS pixels. */
const reach = 4;
const maxPicks = 12;

/** The features at a point, the likeliest first, each once. */
export function picksAt(map: MapLibreMap, x: number, y: number): Pick[] {
  const box: [PointLike, PointLike] = [
    [x - reach, y - reach],
    [x + reach, y + reach],
  ];
  const layers = map
    .getStyle()
    .layers.filter((spec) => partOf(spec)?.pick)
    .map(({id}) => id);
  return sortPicks(map.queryRenderedFeatures(box, {layers}).flatMap(pickOf));
}

/** The picks in the order of preference, without doubles, and without regions when there is more. */
export function sortPicks(found: readonly Pick[]): Pick[] {
  const unique = [...new Map(found.map((pick) => [`${pick.layer}/${pick.id}`, pick])).values()];
  const things = unique.filter(({layer}) => !regions.has(layer));
  const rank = ({layer}: Pick) => (order.indexOf(layer) + order.length) % order.length;
  return (things.length > 0 ? things : unique).toSorted((a, b) => rank(a) - rank(b)).slice(0, maxPicks);
}

function pickOf(feature: MapGeoJSONFeature): Pick[] {
  const layer = partOf(feature.layer)?.layer;
  const id = Number(feature.id);
  return layer === undefined || !Number.isSafeInteger(id) ? [] : [{layer, id}];
}

/** The district and the street at the middle of the view, for the breadcrumb. */
export interface RegionsAt {
  readonly district: RegionName | null;
  readonly street: RegionName | null;
}

export interface RegionName {
  readonly id: number;
  readonly name: string;
  readonly nameEnglish: string;
}

export function regionsAt(map: MapLibreMap): RegionsAt {
  const {x, y} = map.project(map.getCenter());
  return {district: regionAt(map, 'land', x, y), street: regionAt(map, 'street-hit', x, y)};
}

function regionAt(map: MapLibreMap, mapLayer: string, x: number, y: number): RegionName | null {
  if (!map.getLayer(mapLayer)) return null;
  const [feature] = map.queryRenderedFeatures([x, y], {layers: [mapLayer]});
  if (!feature) return null;
  const {name, name_en: nameEnglish} = feature.properties;
  return {id: Number(feature.id), name: String(name ?? ''), nameEnglish: String(nameEnglish ?? '')};
}
