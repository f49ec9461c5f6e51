// A small catalog and features for the unit tests, in the shapes that the server answers.

import type {Catalog, Collection, Item, PropertySchema} from './api';

interface CollectionOptions {
  readonly id: string;
  readonly features?: number;
  readonly minZoom?: number;
  readonly properties?: Record<string, PropertySchema>;
  readonly asOf?: string;
}

export function collection({
  id,
  features = 10,
  minZoom = 0,
  properties = {},
  asOf = '2026-11-21T13:00:00Z',
}: CollectionOptions): Collection {
  return {
    id,
    titles: {zh: `图层${id}`, en: `Layer ${id}`},
    geometryType: 'Point',
    zoom: {min: minZoom, max: 22},
    owner: '市住建委',
    licence: 'unknown',
    attributions: [`© ${id}`],
    datum: 'CGCS2000',
    accuracyMetres: 1,
    properties,
    boxes: [[121, 31, 122, 32]],
    sources: [
      {name: 'demo', title: '示范数据', licence: 'CC0-1.0', attribution: '© demo', synthetic: true, datum: 'WGS84'},
    ],
    summary: {features, synthetic: features, lengthMetres: null, sums: {}, asOf},
  };
}

export function catalogOf(...collections: Collection[]): Catalog {
  return {collections, mark: '示意 · 合成数据'};
}

export function item(attributes: Record<string, unknown>): Item {
  return {
    id: 42,
    geometry: {type: 'Point', coordinates: [121.5, 31.2]},
    attributes,
    code: '31010101037000042',
    source: 'demo',
    sourceId: 'w42',
    synthetic: true,
    version: 3,
    updatedAt: '2026-11-21T12:58:00Z',
    district: {code: '310101', name: '黄浦区'},
    street: {code: '310101002', name: '南京东路街道'},
    village: null,
  };
}
