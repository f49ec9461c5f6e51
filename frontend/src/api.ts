// What the server says, in the page's own types, and the calls that ask for it.

import {catalogOfWire, itemOfWire, type WireCatalog, type WireItem} from './wire';

/** A text in both languages of the product. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export interface PropertySchema {
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly enum?: readonly string[];
  readonly 'x-title'?: Text;
  /** UCUM symbol of the values. */
  readonly 'x-ogc-unit'?: string;
  readonly 'x-ogc-propertySeq'?: number;
}

/** Where features of a collection came from, and on what terms. */
export interface Source {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  readonly attribution: string;
  readonly synthetic: boolean;
  readonly datum: string;
}

/** Totals of a collection at one cut. */
export interface Summary {
  readonly features: number;
  readonly synthetic: number;
  /** Null where features have no length. */
  readonly lengthMetres: number | null;
  /** Totals of numbers, and counts of what is true, by property. */
  readonly sums: Readonly<Record<string, number>>;
  readonly asOf: string;
}

/** A layer of the twin, as the catalog describes it. */
export interface Collection {
  readonly id: string;
  readonly titles: Text;
  readonly geometryType: string;
  readonly zoom: {readonly min: number; readonly max: number};
  readonly owner: string;
  readonly licence: string;
  readonly attributions: readonly string[];
  readonly datum: string;
  readonly accuracyMetres: number;
  readonly properties: Readonly<Record<string, PropertySchema>>;
  /** West, south, east, north in degrees; none while the layer is empty. */
  readonly boxes: readonly (readonly number[])[];
  readonly sources: readonly Source[];
  readonly summary: Summary | null;
}

export interface Catalog {
  readonly collections: readonly Collection[];
  /** What must be written into the picture; empty when all data is surveyed. */
  readonly mark: string;
}

export interface Region {
  readonly code: string;
  readonly name: string;
}

/** One feature with all that is known of it. */
export interface Item {
  readonly id: number;
  readonly geometry: GeoJSON.Geometry;
  /** The properties of its layer; null where the data has no value. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly code: string;
  readonly source: string;
  readonly sourceId: string;
  readonly synthetic: boolean;
  readonly version: number;
  readonly updatedAt: string;
  readonly district: Region | null;
  readonly street: Region | null;
  readonly village: Region | null;
}

/** A class of city components, from the editable code table. */
export interface ComponentClass {
  /** Five digits: two of the class group, three within it. */
  readonly code: string;
  /** Name of the class group. */
  readonly class: string;
  readonly name: string;
}

/** A request that got no usable answer; status 0 means no answer at all. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

export const api = {
  catalog: async (signal?: AbortSignal): Promise<Catalog> =>
    catalogOfWire(await getJSON<WireCatalog>('/ogc/collections', signal)),
  item: async (layer: string, id: number, signal?: AbortSignal): Promise<Item> =>
    itemOfWire(await getJSON<WireItem>(`/ogc/collections/${encodeURIComponent(layer)}/items/${id}`, signal)),
  componentClasses: (signal?: AbortSignal) => getJSON<readonly ComponentClass[]>('/codes/component-class', signal),
  tile: async (layers: readonly string[], z: number, x: number, y: number): Promise<ArrayBuffer> =>
    (await request(`/tiles/${layers.join(',')}/${z}/${x}/${y}.mvt`)).arrayBuffer(),
};

/** The answer to a request of ours; a RequestError says why there is none. */
export async function getJSON<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, signal);
  return (await response.json()) as T;
}

async function request(path: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, signal ? {signal} : {});
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestError(0, `no answer: ${path}`);
  }
  if (!response.ok) {
    throw new RequestError(response.status, await problemText(response, path));
  }
  return response;
}

/** The words of a problem document (RFC 9457), or the status line. */
async function problemText(response: Response, path: string): Promise<string> {
  try {
    const problem = (await response.json()) as {title?: string; detail?: string};
    return problem.detail ?? problem.title ?? `${response.status} ${path}`;
  } catch {
    return `${response.status} ${path}`;
  }
}
