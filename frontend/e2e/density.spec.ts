// The city from afar: components as a field of light, and how many features stand behind the picture.

import type {Browser} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Catalog} from '../src/api';
import {collectionOf, countItems, fetchCatalog} from './api';
import {launchChromium} from './browser';
import {WallDriver} from './driver';

const centre = {lat: 31.2325, lon: 121.4795};

let browser: Browser;
let catalog: Catalog;
let wall: WallDriver;
beforeAll(async () => {
  browser = await launchChromium();
  catalog = await fetchCatalog();
  wall = await WallDriver.open(browser, {address: `/#map=9/${centre.lat}/${centre.lon}`});
});
afterAll(() => browser?.close());

describe('the number of features behind the picture', () => {
  it('is that of the catalog when the whole city is in view', async () => {
    await wall.goTo(8.4, centre.lat, centre.lon);
    for (const layer of ['component', 'road', 'street', 'district']) {
      expect((await wall.behind(layer))?.total, layer).toBe(collectionOf(catalog, layer).summary?.features);
    }
  });

  it.each([13, 15.5, 17])("at zoom %f is the server's own count in the tiles of the view", async (zoom) => {
    await wall.goTo(zoom, centre.lat, centre.lon);
    const counts = await Promise.all((await wall.tileBoxes()).map((box) => countItems('component', box)));
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(0);
    expect(await wall.behind('component')).toEqual({total, shown: total});
  });

  it('says when points stand for several, and when they do not', async () => {
    const row = wall.layerSwitch('component');
    await wall.goTo(10, centre.lat, centre.lon);
    expect(await row.textContent()).toContain('抽稀');
    await wall.goTo(16.2, centre.lat, centre.lon);
    expect(await row.textContent()).not.toContain('抽稀');
  });

  it('says when a layer is cut', async () => {
    await wall.goTo(12, centre.lat, centre.lon);
    const behind = await wall.behind('pipeline');
    expect(behind?.shown).toBeLessThan(behind?.total ?? 0);
    expect(behind?.shown).toBeGreaterThan(0);
    expect(await wall.layerSwitch('pipeline').textContent()).toContain('绘出');
  });

  it('is not told of layers that are off or too fine for the zoom', async () => {
    await wall.goTo(9, centre.lat, centre.lon);
    expect(await wall.behind('building')).toBeNull();
    await wall.layerSwitch('road').click();
    await wall.idle();
    expect(await wall.behind('road')).toBeNull();
    await wall.layerSwitch('road').click();
    await wall.idle();
    expect(await wall.behind('road')).not.toBeNull();
  });
});

describe('components', () => {
  /** The share of the map's pixels that the layer changes. */
  async function share(zoom: number): Promise<number> {
    await wall.goTo(zoom, centre.lat, centre.lon);
    const lit = await wall.picture();
    await wall.layerSwitch('component').click();
    await wall.idle();
    const dark = await wall.picture();
    await wall.layerSwitch('component').click();
    await wall.idle();
    return wall.difference(lit, dark);
  }

  it('are a field at city scale', async () => {
    expect(await share(9)).toBeGreaterThan(0.2);
  });

  it('do not flood the streets', async () => {
    const near = await share(14.5);
    expect(near).toBeGreaterThan(0.005);
    expect(near).toBeLessThan(0.4);
  });

  it('are coloured by damage when one asks, and the address keeps it', async () => {
    await wall.goTo(10, centre.lat, centre.lon);
    const density = await wall.picture();
    await wall.lens('damage').click();
    await wall.idle();
    expect(new URL(wall.page.url()).hash).toContain('lens=damage');
    expect(await wall.lens('damage').getAttribute('aria-pressed')).toBe('true');
    expect(await wall.difference(density, await wall.picture())).toBeGreaterThan(0.2);
    await wall.lens('density').click();
    await wall.idle();
    expect(new URL(wall.page.url()).hash).not.toContain('lens=');
    expect(await wall.difference(density, await wall.picture())).toBeLessThan(0.01);
  });
});

describe('a flight from the city to a street', () => {
  it('draws frames on the way and counts again at its end', async () => {
    await wall.goTo(9, centre.lat, centre.lon);
    const before = await wall.behind('component');
    const frames = await wall.fly(16, centre.lat, centre.lon);
    expect(frames.length).toBeGreaterThan(0);
    const after = await wall.behind('component');
    expect(after?.total).toBeGreaterThan(0);
    expect(after?.total).toBeLessThan(before?.total ?? 0);
    expect(await wall.faults()).toEqual([]);
    const sorted = frames.toSorted((a, b) => a - b);
    const [median, worst] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
    process.stdout.write(
      `flight z9 to z16: ${frames.length} frames, median ${median.toFixed(0)} ms, worst ${worst.toFixed(0)} ms\n`,
    );
  });
});

it('has not complained', () => {
  expect(wall.complaints).toEqual([]);
  expect(wall.outside).toEqual([]);
});
