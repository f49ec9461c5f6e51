// An evening is played from the page: cells on the map, people on the card, and nothing after its end.

import type {Browser} from 'playwright-core';
import {afterAll, afterEach, beforeAll, beforeEach, expect, it} from 'vitest';
import {launchChromium, serverURL} from './browser';
import {WallDriver} from './driver';

// Little besides the heat, so that software rendering keeps up.
const bund = '/#map=14/31.2385/121.4885&off=building,component,pipeline,metro_line,vehicles,patrols,sensors';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Ends the evening, whoever began it. */
const stop = () => fetch(`${serverURL()}/heat/replays/bund-2019`, {method: 'DELETE'});
beforeEach(stop);
afterEach(stop);

it('plays, counts, opens by its address and stops', async () => {
  const wall = await WallDriver.open(browser, {address: bund});
  await wall.heat('.play').click();
  const devices = wall.heat('.core [data-field=devices]');
  const before = Number(await devices.getAttribute('data-value'));
  expect(before).toBeGreaterThan(0);
  await wall.heat('[data-speed="600"]').click();
  await wall.page.waitForFunction(([card, n]) => Number(card?.getAttribute('data-value')) > n, [
    await devices.elementHandle(),
    before,
  ] as const);
  await wall.cells('some');
  await wall.heat('yp-curve canvas').waitFor();
  expect(await wall.page.locator('yp-footer .mark').textContent()).toContain('合成');
  await wall.heat('[data-speed="1"]').click(); // it must not end before the other page is there
  await wall.heat('[data-speed="1"][aria-pressed=true]').waitFor();
  const {hash} = new URL(wall.page.url());
  expect(hash).toContain('run=bund-2019');
  expect(wall.complaints).toEqual([]);
  await wall.close();

  const other = await WallDriver.open(browser, {address: `/${hash}`, settle: false});
  await other.cells('some');
  await other.heat('.play').click();
  await other.heat('.evening[data-state=idle]').waitFor();
  await other.cells('none');
  expect(new URL(other.page.url()).hash).not.toContain('run=');
  expect(other.complaints).toEqual([]);
  await other.close();
});
