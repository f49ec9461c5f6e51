// A client of OGC API Features that is not ours walks every layer.

import {OgcApiEndpoint} from '@camptocamp/ogc-client';
import {expect, it} from 'vitest';
import {serverURL} from './browser';

// The old city, the Bund and Lujiazui.
const box = [121.46, 31.21, 121.52, 31.26] as const;
const filter = 'synthetic = TRUE AND version >= 1';
const pageSize = 50;
// Enough pages of a large layer.
const most = 400;

async function matched(layer: string): Promise<number> {
  const query = new URLSearchParams({bbox: box.join(','), filter, count: 'exact', limit: '1'});
  const answer = await fetch(`${serverURL()}/ogc/collections/${layer}/items?${query}`);
  return ((await answer.json()) as {numberMatched: number}).numberMatched;
}

it('walks every layer with pages, a box and a filter', async () => {
  const endpoint = new OgcApiEndpoint(`${serverURL()}/ogc`);
  const layers = await endpoint.featureCollections;
  expect(layers).toContain('component');
  const empty: string[] = [];
  for (const layer of layers) {
    const info = await endpoint.getCollectionInfo(layer);
    expect(info.itemFormats, layer).toContain('application/geo+json');
    const want = Math.min(await matched(layer), most);
    const ids: number[] = [];
    while (ids.length < want) {
      const page = await endpoint.getCollectionItems(
        layer,
        pageSize,
        ids.length,
        undefined,
        ['id'],
        [...box],
        undefined,
        undefined,
        `filter=${filter}`,
      );
      expect(page.length, `${layer} from ${ids.length}`).toBeGreaterThan(0);
      ids.push(...page.map(({id}) => Number(id)));
    }
    expect(ids, layer).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(ids.length, layer).toBeGreaterThanOrEqual(want);
    const [first] = ids;
    if (first === undefined) empty.push(layer);
    else expect((await endpoint.getCollectionItem(layer, String(first))).id).toBe(first);
  }
  // The demonstration city has no villages.
  expect(empty.filter((layer) => layer !== 'village')).toEqual([]);
});
