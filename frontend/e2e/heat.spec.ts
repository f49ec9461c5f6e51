// An evening is played from the page: cells on the map, people on the card, and nothing after its end.

import type {Browser} from 'playwright-core';
import {afterAll, afterEach, beforeAll, expect, it} from 'vitest';
import {launchChromium, serverURL} from './browser';
import {WallDriver} from './driver';

const bund = '/#map=14/31.2385/121.4885';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterEach(async () => {
  await fetch(`${serverURL()}/heat/replays/bund-2019`, {method: 'DELETE'});
});
afterAll(() => browser?.close());

it('plays, counts, opens by its address and stops', async () => {
  const wall = await WallDriver.open(browser, {address: bund});
  await wall.heat('.play').click();
  await wall.heat('[data-speed="600"]').click();
  await wall.heat('[data-speed="600"][aria-pressed=true]').waitFor();
  await wall.cells('some');
  expect(new URL(wall.page.url()).hash).toContain('run=bund-2019');
  expect(await wall.page.locator('yp-footer .mark').textContent()).toContain('合成');

  const devices = wall.heat('.core [data-field=devices]');
  const before = Number(await devices.getAttribute('data-value'));
  expect(before).toBeGreaterThan(0);
  const more = await devices.elementHandle();
  await wall.page.waitForFunction(([card, n]) => Number(card?.getAttribute('data-value')) > n, [more, before] as const);
  await wall.heat('yp-curve canvas').waitFor();

  const other = await WallDriver.open(browser, {address: new URL(wall.page.url()).hash.replace(/^/, '/')});
  await other.cells('some');
  await other.close();

  await wall.heat('.play').click();
  await wall.heat('.evening[data-state=idle]').waitFor();
  await wall.cells('none');
  expect(new URL(wall.page.url()).hash).not.toContain('run=');
  expect(wall.complaints).toEqual([]);
  await wall.close();
});
