// What one sees when things go wrong, and that they come right by themselves.

import type {Browser, Page} from 'playwright-core';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {launchChromium} from './browser';
import {WallDriver} from './driver';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Makes requests fail until it is called again with false. */
async function failing(page: Page, pattern: RegExp): Promise<() => Promise<void>> {
  await page.route(pattern, (route) => route.abort());
  return () => page.unroute(pattern);
}

function faultShown(wall: WallDriver, words: string) {
  return wall.page.locator('yp-faults p', {hasText: words});
}

it('says that the server is gone, and goes on when it is back', async () => {
  let mend = async () => {};
  const wall = await WallDriver.open(browser, {
    settle: false,
    before: async (page) => {
      mend = await failing(page, /\/ogc\/collections$/);
    },
  });
  await faultShown(wall, '服务器没有应答').waitFor();
  await mend();
  await faultShown(wall, '服务器没有应答').waitFor({state: 'detached'});
  await wall.idle();
  expect((await wall.rendered('district')).length).toBeGreaterThan(0);
  await wall.close();
});

it('says that tiles are missing, and gets them when it can', async () => {
  let mend = async () => {};
  const wall = await WallDriver.open(browser, {
    settle: false,
    before: async (page) => {
      mend = await failing(page, /\/tiles\/[^/]*district[^/]*\/\d+\/\d+\/\d+\.mvt$/);
    },
  });
  await faultShown(wall, '瓦片没有取到').waitFor();
  await mend();
  await faultShown(wall, '瓦片没有取到').waitFor({state: 'detached'});
  await wall.idle();
  expect((await wall.rendered('district')).length).toBeGreaterThan(0);
  await wall.close();
});

it('says that the map did not start when its worker is missing, and starts it later', async () => {
  let mend = async () => {};
  const wall = await WallDriver.open(browser, {
    settle: false,
    before: async (page) => {
      mend = await failing(page, /worker-[\w-]+\.m?js$/);
    },
  });
  await faultShown(wall, '地图没有启动').waitFor();
  await mend();
  await faultShown(wall, '地图没有启动').waitFor({state: 'detached'});
  await wall.idle();
  expect((await wall.rendered('district')).length).toBeGreaterThan(0);
  await wall.close();
});

it('says that a feature cannot be read, and keeps the map', async () => {
  const wall = await WallDriver.open(browser, {address: '/#sel=component/999999999999'});
  await wall.card.locator('[role=alert]').waitFor();
  expect(await wall.faults()).toEqual([]);
  await wall.close();
});

it.each([
  ['1280 × 720', 1280, 720],
  ['a wide wall', 3840, 1080],
  ['a telephone', 390, 844],
])('fits %s without scroll bars', async (_, width, height) => {
  const wall = await WallDriver.open(browser, {width, height});
  const overflow = await wall.page.evaluate(() => ({
    across: document.documentElement.scrollWidth - window.innerWidth,
    down: document.documentElement.scrollHeight - window.innerHeight,
  }));
  expect(overflow).toEqual({across: 0, down: 0});
  expect(wall.complaints).toEqual([]);
  await wall.close();
});
