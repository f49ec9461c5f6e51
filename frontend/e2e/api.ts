// The server's own answers, which the page is compared with.

import type {Catalog, Collection, Item} from '../src/api';
import {catalogOfWire, itemOfWire, type WireCatalog, type WireItem} from '../src/wire';
import {serverURL} from './browser';

export async function fetchCatalog(): Promise<Catalog> {
  return catalogOfWire((await getJSON('/ogc/collections')) as WireCatalog);
}

export async function fetchItem(layer: string, id: number): Promise<Item> {
  return itemOfWire((await getJSON(`/ogc/collections/${layer}/items/${id}`)) as WireItem);
}

/** How many features of a layer lie in a box of west, south, east and north. */
export async function countItems(layer: string, box: readonly number[]): Promise<number> {
  const answer = await getJSON(`/ogc/collections/${layer}/items?bbox=${box.join(',')}&count=exact&limit=1`);
  return (answer as {numberMatched: number}).numberMatched;
}

export function collectionOf(catalog: Catalog, layer: string): Collection {
  const collection = catalog.collections.find(({id}) => id === layer);
  if (!collection) throw new Error(`the server has no layer ${layer}`);
  return collection;
}

/** The first vertex of a feature; the place of a point. */
export function vertexOf({geometry}: Item): [lon: number, lat: number] {
  if (geometry.type === 'GeometryCollection') throw new Error('a collection has no first vertex');
  const [lon = 0, lat = 0] = (geometry.coordinates as unknown[]).flat(3) as number[];
  return [lon, lat];
}

async function getJSON(path: string): Promise<unknown> {
  const response = await fetch(serverURL() + path);
  if (!response.ok) throw new Error(`${response.status} ${path}`);
  return response.json();
}
