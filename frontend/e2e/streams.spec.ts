// What moves in the city moves on the page, whatever becomes of the connection.

import type {Browser} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {launchChromium, serverURL} from './browser';
import {WallDriver} from './driver';
import {Link} from './link';

/** Beside what the demonstration lets move. */
const spot = {lon: 121.4795, lat: 31.2325};
const address = `/#map=16.4/${spot.lat}/${spot.lon}`;
const step = 0.0002; // degrees, about 20 m

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Reports an object as a gateway of the fleet would. */
async function report(stream: string, object: Record<string, unknown>): Promise<void> {
  const answer = await fetch(`${serverURL()}/streams/${stream}`, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({t: new Date().toISOString(), ...spot, synthetic: true, ...object}),
  });
  const {accepted, rejected} = (await answer.json()) as {accepted: number; rejected: unknown};
  if (accepted !== 1) throw new Error(`${stream}: ${answer.status} ${JSON.stringify(rejected)}`);
}

describe('a vehicle', () => {
  it('appears, moves and tells of itself', async () => {
    const wall = await WallDriver.open(browser, {address});
    const k = `e2e-${Date.now()}`;
    await report('vehicles', {k, st: 2, s: 8, h: 90, plate: '测A-0001'});
    await wall.drawnAt('vehicles', k, spot.lon, spot.lat);
    await report('vehicles', {k, st: 2, s: 8, h: 90, plate: '测A-0001', lon: spot.lon + step});
    await wall.drawnAt('vehicles', k, spot.lon + step, spot.lat);

    await wall.clickAt(spot.lon + step, spot.lat);
    const card = wall.page.locator('yp-object');
    await card.locator('h2', {hasText: '测A-0001'}).waitFor();
    expect(await card.locator('[data-field=st]').textContent()).toBe('行驶');
    expect(await card.locator('[data-field=s]').textContent()).toBe('29km/h');
    await card.locator('.badge', {hasText: '合成'}).waitFor();
    expect(wall.complaints).toEqual([]);
    await wall.close();
  });

  it('says how fresh it is, and that it is synthetic', async () => {
    const wall = await WallDriver.open(browser, {address});
    await report('patrols', {k: `e2e-${Date.now()}`, st: 2});
    const row = wall.stream('patrols');
    await row.locator('.badge', {hasText: '合成'}).waitFor();
    await row.locator('.fresh', {hasText: /时延 [\d,]+ ms/}).waitFor();
    await wall.page.waitForFunction(
      () => (window.yiping.live().streams.find(({stream}) => stream === 'patrols')?.objects ?? 0) > 0,
    );
    await row.click();
    await wall.page.waitForFunction(() => window.yiping.objects('patrols').length === 0);
    await wall.close();
  });
});

describe('a sensor', () => {
  it('stands out from afar when it is over its limit', async () => {
    const wall = await WallDriver.open(browser, {address: `/#map=11/${spot.lat}/${spot.lon}`});
    const k = `e2e-${Date.now()}`;
    const sensor = {k, kind: 'water_level', value: 4.31, unit: 'm', limit: 3.5};
    await report('sensors', {...sensor, over: true});
    await wall.drawnAt('sensors', k, spot.lon, spot.lat);
    await report('sensors', {...sensor, value: 3.1, over: false});
    await wall.page.waitForFunction((key) => !window.yiping.objects('sensors').some((one) => one.key === key), k);
    await wall.close();
  });
});

describe('a component that changes', () => {
  it('pulses', async () => {
    const wall = await WallDriver.open(browser, {address});
    const items = `${serverURL()}/ogc/collections/component/items`;
    const box = [spot.lon - step, spot.lat - step, spot.lon + step, spot.lat + step];
    const made = await fetch(items, {
      method: 'POST',
      headers: {'Content-Type': 'application/geo+json'},
      body: JSON.stringify({
        type: 'Feature',
        geometry: {type: 'Point', coordinates: [box[0], box[1]]},
        properties: {class: '01001', state: '完好'},
      }),
    });
    expect(made.status, await made.clone().text()).toBe(201);
    await wall.page.waitForFunction(() => window.yiping.pulsed() > 0);
    const path = new URL(made.headers.get('Location') ?? '', serverURL());
    const gone = await fetch(path, {
      method: 'DELETE',
      headers: {'If-Match': (await fetch(path)).headers.get('ETag') ?? ''},
    });
    expect(gone.ok).toBe(true);
    expect(wall.complaints).toEqual([]);
    await wall.close();
  });
});

describe('a connection that breaks', () => {
  it('comes back by itself, with what happened meanwhile', async () => {
    const link = await Link.start();
    const wall = await WallDriver.open(browser, {address, server: link.url});
    const k = `e2e-${Date.now()}`;
    await report('vehicles', {k, st: 2});
    await wall.drawnAt('vehicles', k, spot.lon, spot.lat);
    await wall.page.evaluate(() => {
      document.title = 'not loaded again';
    });
    link.cut();
    const live = wall.page.locator('yp-footer .live');
    await live.and(wall.page.locator('[data-connected=false]')).waitFor();
    await report('vehicles', {k, st: 2, lat: spot.lat + step});
    link.mend();
    await wall.drawnAt('vehicles', k, spot.lon, spot.lat + step);
    await live.and(wall.page.locator('[data-connected=true]')).waitFor();
    expect(await wall.page.title()).toBe('not loaded again');
    await wall.close();
    await link.close();
  });
});
