// An evening is played from the page: cells on the map, people on the card, what was before and its
// alarms, and nothing after its end.

import type {Browser} from 'playwright-core';
import {afterAll, afterEach, beforeAll, beforeEach, expect, it} from 'vitest';
import {launchChromium, serverURL} from './browser';
import {WallDriver} from './driver';

// Little besides the heat, so that software rendering keeps up.
const off = 'off=building,component,pipeline,metro_line,vehicles,patrols,sensors';
const bund = `/#map=14/31.2385/121.4885&${off}`;
const elsewhere = 'map=14/31.2/121.6';

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
  const wall = await WallDriver.open(browser, {address: `/#${elsewhere}&${off}`});
  await wall.heat('.play').click();
  // The map goes to where it plays.
  await wall.page.waitForFunction((view) => !location.hash.includes(view), elsewhere);
  const devices = wall.heat('.core [data-field=devices]');
  const before = Number(await devices.getAttribute('data-value'));
  expect(before).toBeGreaterThan(0);
  await wall.heat('[data-speed="600"]').click();
  await wall.page.waitForFunction(([card, n]) => Number(card?.getAttribute('data-value')) > n, [
    await devices.elementHandle(),
    before,
  ] as const);
  await wall.cells('some');
  await wall.page.locator('yp-evening yp-curve canvas').waitFor();
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

it('goes back to any stored minute, and to now', async () => {
  const wall = await WallDriver.open(browser, {address: bund});
  await wall.heat('.play').click();
  await wall.heat('[data-speed="600"]').click();
  const slider = wall.page.getByRole('slider');
  // Half an hour is enough to look back at.
  await wall.page.waitForFunction(
    (track) => Number(track?.getAttribute('aria-valuemax')) >= 30,
    await slider.elementHandle(),
  );
  await wall.heat('[data-speed="1"]').click();
  const bar = wall.page.locator('yp-evening .bar');
  await slider.focus();
  await slider.press('Home');
  await slider.press('PageUp');
  await bar.and(wall.page.locator('[data-mode=past]')).waitFor();
  const shown = (await bar.locator('time').getAttribute('datetime')) ?? '';
  const {features} = await (await fetch(`${serverURL()}/heat/places?run=bund-2019&at=${shown}`)).json();
  const then = features.find(({id}: {id: string}) => id === 'bund').properties.devices;
  await wall.heat(`.core [data-field=devices][data-value="${then}"]`).waitFor();
  await wall.cells('some');
  expect(await wall.page.locator('yp-footer .mark').textContent()).toMatch(/合成.*历史/);
  await slider.press('End');
  await bar.and(wall.page.locator('[data-mode=live]')).waitFor();
  expect(await wall.page.locator('yp-footer .mark').textContent()).not.toContain('历史');
  expect(wall.complaints).toEqual([]);
  await wall.close();
});

it('lists an alarm, which is acknowledged by name', async () => {
  const wall = await WallDriver.open(browser, {address: bund});
  await wall.heat('.play').click();
  await wall.heat('[data-speed="600"]').click();
  // The embankment is at its first level soon after 19:00.
  const alarm = wall.page.locator('yp-alarms [data-alarm][data-state=open]').first();
  await alarm.waitFor();
  await wall.heat('[data-speed="1"]').click();
  const id = (await alarm.getAttribute('data-alarm')) ?? '';
  const own = wall.page.locator(`yp-alarms [data-alarm="${id}"]`);
  await own.locator('.answer').click();
  await own.locator('input[name=by]').fill('值班员');
  await own.locator('input[name=note]').fill('增派两组');
  await own.locator('form .answer').click();
  expect(await own.locator('[data-field=acknowledged]').textContent()).toMatch(/值班员.*增派两组/s);
  const {alarms} = await (await fetch(`${serverURL()}/heat/alarms?run=bund-2019&state=all`)).json();
  expect(alarms.find((one: {id: string}) => one.id === id).acknowledged).toMatchObject({
    by: '值班员',
    note: '增派两组',
  });
  expect(wall.complaints).toEqual([]);
  await wall.close();
});
