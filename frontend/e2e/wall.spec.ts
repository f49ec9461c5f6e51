// The wall on the real server, with the whole of its data, in a real browser.

import type {Browser} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Catalog} from '../src/api';
import {collectionOf, fetchCatalog, fetchItem, vertexOf} from './api';
import {launchChromium, serverURL} from './browser';
import {WallDriver} from './driver';
import {servedCharacters} from './font';

// People's Square to the Bund: there every demonstration city is dense.
const centre = {lat: 31.2325, lon: 121.4795};

let browser: Browser;
let catalog: Catalog;

beforeAll(async () => {
  browser = await launchChromium();
  catalog = await fetchCatalog();
});
afterAll(() => browser?.close());

describe('the first look', () => {
  let wall: WallDriver;
  beforeAll(async () => {
    wall = await WallDriver.open(browser);
  });
  afterAll(() => wall?.close());

  it('shows every district of the city', async () => {
    const names = (await wall.rendered('district')).map(({properties}) => properties.name);
    expect(new Set(names).size).toBe(collectionOf(catalog, 'district').summary?.features);
  });

  it('shows the headline figures of the catalog', async () => {
    const count = collectionOf(catalog, 'component').summary?.features ?? 0;
    expect(await wall.vital('component').textContent()).toContain(count.toLocaleString('en-US'));
    const metres = collectionOf(catalog, 'pipeline').summary?.lengthMetres ?? 0;
    expect(await wall.vital('pipeline').textContent()).toContain(Math.round(metres / 1000).toLocaleString('en-US'));
  });

  it('lists every layer with a switch', async () => {
    const listed = await wall.page
      .locator('yp-layers [role=switch]')
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.layer));
    expect(listed.toSorted()).toEqual(catalog.collections.map(({id}) => id).toSorted());
  });

  it('writes the mark of synthetic data into the pixels', async () => {
    const inStyle = await wall.page.evaluate(() =>
      document
        .querySelector('yp-wall')
        ?.cityMap?.map.getStyle()
        .layers.some(({id}) => id === 'mark'),
    );
    expect(inStyle).toBe(catalog.mark !== '');
  });

  it('asks nobody but its server, and complains about nothing', () => {
    expect(wall.outside).toEqual([]);
    expect(wall.complaints).toEqual([]);
  });
});

describe('text', () => {
  it("is drawn in the product's own fonts, and no name lacks a character", async () => {
    const has = await servedCharacters();
    const wall = await WallDriver.open(browser);
    expect(await wall.page.evaluate(() => window.yiping.fonts())).toBe(true);
    const texts = catalog.collections.flatMap(({titles, properties}) => [
      titles.zh,
      ...Object.values(properties).map((property) => property['x-title']?.zh ?? ''),
    ]);
    for (const zoom of [9, 12, 15]) {
      await wall.goTo(zoom, centre.lat, centre.lon);
      for (const layer of ['district', 'street', 'metro_station', 'road', 'place', 'heritage']) {
        texts.push(...(await wall.rendered(layer)).map(({properties}) => String(properties.name ?? '')));
      }
    }
    texts.push(await wall.page.locator('yp-wall').evaluate((element) => element.shadowRoot?.textContent ?? ''));
    const missing = new Set(
      [...texts.join('')].filter((character) => /\p{sc=Han}/u.test(character) && !has.has(character)),
    );
    expect([...missing]).toEqual([]);
    await wall.close();
  });
});

describe('close up', () => {
  let wall: WallDriver;
  beforeAll(async () => {
    wall = await WallDriver.open(browser, {address: `/#map=12/${centre.lat}/${centre.lon}`});
  });
  afterAll(() => wall?.close());

  it.each([
    [12, ['district', 'street', 'road', 'metro_line', 'metro_station']],
    [15, ['road', 'building', 'pipeline', 'component']],
  ] as const)('at zoom %i draws %s', async (zoom, layers) => {
    await wall.goTo(zoom, centre.lat, centre.lon);
    for (const layer of layers) {
      expect((await wall.rendered(layer)).length, layer).toBeGreaterThan(0);
    }
    expect(await wall.faults()).toEqual([]);
  });

  it.each(['building', 'pipeline', 'component'])('at zoom 18 still draws the %s that zoom 15 showed', async (layer) => {
    await wall.goTo(15, centre.lat, centre.lon);
    const [feature] = await wall.rendered(layer);
    if (!feature) throw new Error(`no ${layer} at zoom 15`);
    const [lon, lat] = vertexOf(await fetchItem(layer, feature.id));
    await wall.goTo(18, lat, lon);
    expect((await wall.rendered(layer)).map(({id}) => id)).toContain(feature.id);
  });

  it('names the district and the street under the centre', async () => {
    const crumbs = await wall.page.locator('yp-banner .crumbs li').allTextContents();
    expect(crumbs).toHaveLength(3);
  });

  it('opens the file of a clicked component with all its fields', async () => {
    await wall.goTo(15, centre.lat, centre.lon);
    const [component] = await wall.rendered('component');
    if (!component) throw new Error('no component to click');
    const item = await fetchItem('component', component.id);
    const [lon, lat] = vertexOf(item);
    await wall.goTo(20, lat, lon);
    await wall.clickAt(lon, lat);
    expect(await wall.field('code')).toBe(item.code);
    const fields = Object.keys(collectionOf(catalog, 'component').properties);
    const shown = await wall.card
      .locator('[data-field]')
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.field));
    expect(fields.filter((field) => field !== 'min_zoom' && !shown.includes(field))).toEqual([]);
    for (const key of [
      'source',
      'licence',
      'datum',
      'accuracyMetres',
      'nature',
      'version',
      'updatedAt',
      'district',
      'street',
    ]) {
      expect(shown, key).toContain(key);
    }
    expect(await wall.field('class')).toMatch(/^\d{5} .+ \/ .+/);
  });

  it('keeps the picked feature in the address', async () => {
    expect(new URL(wall.page.url()).hash).toMatch(/sel=component\/\d+/);
  });

  it('closes the file with Escape', async () => {
    await wall.page.keyboard.press('Escape');
    await wall.card.waitFor({state: 'detached'});
    expect(new URL(wall.page.url()).hash).not.toContain('sel=');
  });

  it('hides and shows a layer by its switch, with the keyboard too', async () => {
    await wall.goTo(15, centre.lat, centre.lon);
    await wall.layerSwitch('component').click();
    await wall.idle();
    expect(await wall.rendered('component')).toEqual([]);
    await wall.layerSwitch('component').focus();
    await wall.page.keyboard.press('Space');
    await wall.idle();
    expect((await wall.rendered('component')).length).toBeGreaterThan(0);
  });

  it('picks the feature at the centre with Enter', async () => {
    await wall.goTo(15, centre.lat, centre.lon);
    const [component] = await wall.rendered('component');
    if (!component) throw new Error('no component to pick');
    const [lon, lat] = vertexOf(await fetchItem('component', component.id));
    await wall.goTo(21, lat, lon);
    await wall.page.locator('yp-wall canvas').first().focus();
    await wall.page.keyboard.press('Enter');
    expect(await wall.field('code')).not.toBe('');
    await wall.page.keyboard.press('Escape');
    await wall.card.waitFor({state: 'detached'});
  });

  it('has not complained', () => {
    expect(wall.complaints).toEqual([]);
    expect(wall.outside).toEqual([]);
  });
});

describe('languages', () => {
  it('switch at once and stay in the address', async () => {
    const wall = await WallDriver.open(browser, {address: `/#map=12/${centre.lat}/${centre.lon}`});
    expect(await wall.page.locator('yp-banner h1').textContent()).toBe('一屏观天下');
    await wall.page.locator('yp-banner .language').click();
    await wall.idle();
    expect(await wall.page.locator('yp-banner h1').textContent()).toBe('One Screen, Whole City');
    expect(await wall.layerSwitch('road').textContent()).toContain(collectionOf(catalog, 'road').titles.en);
    expect(wall.page.url()).toContain('lang=en');
    expect(wall.page.url()).toContain('map=12');
    expect(wall.complaints).toEqual([]);
    await wall.close();
  });
});

describe('the server', () => {
  it.each(['/assets/nothing-12345678.js', '/no-such-page', '/favicon.png'])('answers 404 for %s', async (path) => {
    const response = await fetch(serverURL() + path);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('<html');
  });

  it('sends the page to be asked for again, and its assets to be kept', async () => {
    const page = await fetch(`${serverURL()}/`);
    expect(page.headers.get('cache-control')).toContain('no-cache');
    const [script] = /\/assets\/[\w-]+\.js/.exec(await page.text()) ?? [];
    const asset = await fetch(serverURL() + script);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-type')).toContain('text/javascript');
  });
});
