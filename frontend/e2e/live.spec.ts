// A change made elsewhere shows on the page, which is not loaded again.

import type {Browser} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {launchChromium, serverURL} from './browser';
import {WallDriver} from './driver';

const items = '/ogc/collections/place/items';
// Between the streets, whose names would keep that of a place away.
const spot = {lon: 121.4804, lat: 31.2313};

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Writes as another program would, and returns where the feature is. */
async function write(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/geo+json';
  const answer = await fetch(serverURL() + path, {
    method,
    headers: {'Content-Type': type, ...headers},
    ...(body ? {body: JSON.stringify(body)} : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

describe('a change elsewhere', () => {
  it('shows on the page with its lag, and its end does, too', async () => {
    const wall = await WallDriver.open(browser, {address: `/#map=15/${spot.lat}/${spot.lon}`});
    const live = wall.page.locator('yp-footer .live');
    await live.and(wall.page.locator('[data-connected=true]')).waitFor();
    const name = `实时 ${Date.now()}`;
    const made = await write('POST', items, {
      type: 'Feature',
      geometry: {type: 'Point', coordinates: [spot.lon, spot.lat]},
      properties: {name, kind: 'landmark', min_zoom: 6},
    });
    const path = new URL(made.headers.get('Location') ?? '', serverURL()).pathname;
    const shows = (wanted: boolean) =>
      wall.page.waitForFunction(
        ([text, want]) => window.yiping.rendered('place').some(({properties}) => properties.name === text) === want,
        [name, wanted] as const,
      );
    await shows(true);
    await wall.page.waitForFunction(() =>
      / \d/.test(
        document.querySelector('yp-wall')?.shadowRoot?.querySelector('yp-footer')?.shadowRoot?.querySelector('.live')
          ?.textContent ?? '',
      ),
    );
    expect(await live.textContent()).toMatch(/^实时 [\d,]+ ms$/);
    const version = (await fetch(serverURL() + path)).headers.get('ETag') ?? '';
    await write('DELETE', path, undefined, {'If-Match': version});
    await shows(false);
    expect(wall.complaints).toEqual([]);
    await wall.close();
  });
});
