// The server's answers as they travel, in snake_case, and their change into the page's own types.

import type {Catalog, Collection, Item, PropertySchema, Region, Source, Summary, Text} from './api';

interface WireSummary {
  readonly features: number;
  readonly synthetic: number;
  readonly length_metres?: number;
  readonly sums?: Readonly<Record<string, number>>;
  readonly as_of: string;
}

export interface WireCollection {
  readonly id: string;
  readonly titles: Text;
  readonly geometry_type: string;
  readonly zoom: {readonly min: number; readonly max: number};
  readonly owner: string;
  readonly licence: string;
  readonly attributions?: readonly string[];
  readonly datum: string;
  readonly accuracy_metres: number;
  readonly schema: {readonly properties?: Readonly<Record<string, PropertySchema>>};
  readonly extent?: {readonly spatial?: {readonly bbox?: readonly (readonly number[])[]}} | null;
  readonly sources?: readonly Source[];
  readonly summary?: WireSummary | null;
}

export interface WireCatalog {
  readonly collections: readonly WireCollection[];
  readonly mark: string;
}

export interface WireItem {
  readonly type: 'Feature';
  readonly id: number;
  readonly geometry: GeoJSON.Geometry;
  readonly properties: Readonly<Record<string, unknown>> & {
    readonly code: string;
    readonly source: string;
    readonly source_id: string;
    readonly synthetic: boolean;
    readonly version: number;
    readonly updated_at: string;
  };
  readonly regions?: {
    readonly district?: Region | null;
    readonly street?: Region | null;
    readonly village?: Region | null;
  };
}

export function catalogOfWire({collections, mark}: WireCatalog): Catalog {
  return {mark, collections: collections.map(collectionOfWire)};
}

function collectionOfWire(wire: WireCollection): Collection {
  return {
    id: wire.id,
    titles: wire.titles,
    geometryType: wire.geometry_type,
    zoom: wire.zoom,
    owner: wire.owner,
    licence: wire.licence,
    attributions: wire.attributions ?? [],
    datum: wire.datum,
    accuracyMetres: wire.accuracy_metres,
    properties: wire.schema.properties ?? {},
    boxes: wire.extent?.spatial?.bbox ?? [],
    sources: wire.sources ?? [],
    summary: wire.summary ? summaryOfWire(wire.summary) : null,
  };
}

function summaryOfWire({features, synthetic, length_metres: lengthMetres, sums, as_of: asOf}: WireSummary): Summary {
  return {features, synthetic, lengthMetres: lengthMetres ?? null, sums: sums ?? {}, asOf};
}

/** The columns that every layer has beside its own; the rest of an item's properties are the layer's. */
export function itemOfWire({id, geometry, properties, regions}: WireItem): Item {
  const {
    code,
    source,
    source_id: sourceId,
    synthetic,
    version,
    updated_at: updatedAt,
    // Codes of regions; their names are in `regions`.
    district: _district,
    street: _street,
    village: _village,
    ...attributes
  } = properties;
  return {
    id,
    geometry,
    attributes,
    code,
    source,
    sourceId,
    synthetic,
    version,
    updatedAt,
    district: regions?.district ?? null,
    street: regions?.street ?? null,
    village: regions?.village ?? null,
  };
}
