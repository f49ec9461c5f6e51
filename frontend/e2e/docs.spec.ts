// The page that explains the API, and the MapLibre example that it shows.

import {readFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Browser, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {launchChromium, serverURL} from './browser';

const frontend = dirname(dirname(fileURLToPath(import.meta.url)));
const examples = join(frontend, '../docs/examples');

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** A page whose errors, warnings and requests to outside are collected. */
async function watched(width = 1440, height = 900): Promise<{page: Page; complaints: string[]; outside: string[]}> {
  const page = await browser.newPage({viewport: {width, height}});
  const complaints: string[] = [];
  const outside: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url().startsWith('http') && !request.url().startsWith(serverURL())) outside.push(request.url());
  });
  return {page, complaints, outside};
}

describe('/docs', () => {
  it('shows every operation and tries one out, from its own server alone', async () => {
    const {page, complaints, outside} = await watched();
    await page.goto(`${serverURL()}/docs`);
    const document = (await (await fetch(`${serverURL()}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, {operationId?: string}>>;
    };
    const operations = Object.values(document.paths).flatMap((path) =>
      Object.values(path).flatMap(({operationId}) => operationId ?? []),
    );
    await page
      .locator('.opblock')
      .nth(operations.length - 1)
      .waitFor();
    expect(await page.locator('.opblock').count()).toBe(operations.length);
    // With all its examples filled in, an operation must work.
    const items = page.locator('[id$="-items"]');
    await items.locator('.opblock-summary-control').click();
    await items.getByRole('button', {name: 'Execute'}).click();
    const status = items.locator('.live-responses-table tbody .response-col_status').first();
    expect(await status.textContent()).toContain('200');
    expect(complaints).toEqual([]);
    expect(outside).toEqual([]);
    await page.close();
  });

  it('shows the very files of the examples', async () => {
    const {page} = await watched();
    await page.goto(`${serverURL()}/docs/`);
    for (const [tab, file] of [
      ['curl', 'items.sh'],
      ['Python', 'layers.py'],
      ['OWSLib', 'owslib_layers.py'],
      ['QGIS · GDAL', 'gdal.sh'],
      ['MapLibre', 'maplibre.html'],
    ] as const) {
      await page.getByRole('tab', {name: tab}).click();
      const text = (await readFile(join(examples, file), 'utf8')).replaceAll('http://127.0.0.1:8080', serverURL());
      expect(await page.locator('#example pre').textContent(), file).toBe(text);
    }
    await page.close();
  });

  it.each([
    [1440, 900],
    [390, 844],
  ])('fits %i × %i', async (width, height) => {
    const {page} = await watched(width, height);
    await page.goto(`${serverURL()}/docs/`);
    await page.locator('.opblock').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    await page.close();
  });
});

describe('the MapLibre example', () => {
  // A site of its own, as its readers have one; the service under test allows its origin.
  let site: Server;
  beforeAll(async () => {
    site = createServer(async (_, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(await readFile(join(examples, 'maplibre.html')));
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => site?.close());

  it('draws tiles and features from another site', async () => {
    const {page, complaints} = await watched(800, 600);
    // The package in place of the network; a version other than ours would not be found.
    const {version} = JSON.parse(await readFile(join(frontend, 'node_modules/maplibre-gl/package.json'), 'utf8')) as {
      version: string;
    };
    await page.route(`https://unpkg.com/maplibre-gl@${version}/**`, (route) => {
      const path = new URL(route.request().url()).pathname.replace(`/maplibre-gl@${version}/`, '');
      return route.fulfill({
        path: join(frontend, 'node_modules/maplibre-gl', path),
        contentType: path.endsWith('.css') ? 'text/css' : 'text/javascript',
        headers: {'Access-Control-Allow-Origin': '*'},
      });
    });
    const {port} = site.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/?yiping=${encodeURIComponent(serverURL())}`);
    await page.waitForFunction(() => /^[1-9]\d* 栋/.test(document.title));
    // The picture has the colours of the ground, of the tiles and of the features.
    await expect.poll(async () => coloursOf(page, await page.screenshot()), {timeout: 60_000}).toBeGreaterThan(20);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

/** How many colours a picture has. */
function coloursOf(page: Page, png: Buffer): Promise<number> {
  return page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    if (!context) throw new Error('no canvas to count on');
    context.drawImage(bitmap, 0, 0);
    return new Set(new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size;
  }, png.toString('base64'));
}
