// The wall as a test sees it: what one reads, clicks and types, in the words of the product.

import type {Browser, Page} from 'playwright-core';
import type {RenderedFeature} from '../src/hook';
import type {Lens} from '../src/map/lens';
import type {View} from '../src/map/view';
import {serverURL} from './browser';

export interface OpenOptions {
  /** What follows the host: "/?lang=en#map=15/31.2/121.4". */
  readonly address?: string;
  readonly width?: number;
  readonly height?: number;
  /** Runs before the page is loaded, such as to fail a request on purpose. */
  readonly before?: (page: Page) => Promise<void>;
  /** Whether to wait until everything is drawn. */
  readonly settle?: boolean;
  /** The server, if it is reached by another address than the one under test. */
  readonly server?: string;
}

export class WallDriver {
  /** Errors and warnings that the page wrote to its console. */
  readonly complaints: string[] = [];
  /** Requests that went to another host than the server. */
  readonly outside: string[] = [];

  private constructor(
    readonly page: Page,
    server: string,
  ) {
    const host = new URL(server).host;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.host !== host) this.outside.push(request.url());
    });
  }

  static async open(browser: Browser, options: OpenOptions = {}): Promise<WallDriver> {
    const {address = '/', width = 1280, height = 720, before, settle = true, server = serverURL()} = options;
    const page = await browser.newPage({viewport: {width, height}});
    page.setDefaultTimeout(60_000);
    const wall = new WallDriver(page, server);
    await before?.(page);
    await page.goto(server + address);
    await page.waitForFunction(() => window.yiping !== undefined);
    if (settle) await wall.idle();
    return wall;
  }

  idle(): Promise<void> {
    return this.page.evaluate(() => window.yiping.idle());
  }

  rendered(layer: string): Promise<RenderedFeature[]> {
    return this.page.evaluate((name) => window.yiping.rendered(name), layer);
  }

  async view(): Promise<View> {
    const view = await this.page.evaluate(() => window.yiping.view());
    if (!view) throw new Error('the map has no view yet');
    return view;
  }

  faults(): Promise<string[]> {
    return this.page.evaluate(() => window.yiping.faults());
  }

  /** Moves by the address, as a link would, and waits until the new view is drawn. */
  async goTo(zoom: number, lat: number, lon: number): Promise<void> {
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, `map=${zoom}/${lat}/${lon}`);
    await this.page.waitForFunction((want) => Math.abs((window.yiping.view()?.zoom ?? 0) - want) < 0.01, zoom);
    await this.idle();
  }

  /** Clicks a place of the city. */
  async clickAt(lon: number, lat: number): Promise<void> {
    const {x, y} = await this.page.evaluate(([east, north]) => window.yiping.pixel(east, north), [lon, lat] as const);
    await this.page.mouse.click(x, y);
  }

  layerSwitch(layer: string) {
    return this.page.locator(`yp-layers [role=switch][data-layer=${layer}]`);
  }

  /** How many features the list says stand behind the picture of a layer; null where it does not say. */
  async behind(layer: string): Promise<{total: number; shown: number} | null> {
    const readout = this.layerSwitch(layer).locator('[data-total]');
    if ((await readout.count()) === 0) return null;
    const [total, shown] = [await readout.getAttribute('data-total'), await readout.getAttribute('data-shown')];
    return {total: Number(total), shown: Number(shown)};
  }

  lens(name: Lens) {
    return this.page.locator(`yp-legend [data-lens=${name}]`);
  }

  /** West, south, east and north of each tile that the view is drawn of. */
  tileBoxes(): Promise<[number, number, number, number][]> {
    return this.page.evaluate(() => {
      const map = document.querySelector('yp-wall')?.cityMap?.map;
      const lon = (x: number, side: number) => (x / side) * 360 - 180;
      const lat = (y: number, side: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / side))) * 180) / Math.PI;
      return (map?.coveringTiles({tileSize: 512}) ?? []).map(({canonical: {z, x, y}}) => {
        const side = 2 ** z;
        return [lon(x, side), lat(y + 1, side), lon(x + 1, side), lat(y, side)];
      });
    });
  }

  /** The middle of the map, with nothing over it, as a PNG in base 64. */
  async picture(): Promise<string> {
    const png = await this.page.screenshot({clip: {x: 420, y: 90, width: 480, height: 480}});
    return png.toString('base64');
  }

  /** The share of pixels in which two pictures of one size differ so that one sees it. */
  difference(one: string, other: string): Promise<number> {
    return this.page.evaluate(
      async ([a, b]) => {
        const pixels = async (png: string) => {
          const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
          const image = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
          const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
          if (!context) throw new Error('no 2D canvas');
          context.drawImage(image, 0, 0);
          return context.getImageData(0, 0, image.width, image.height).data;
        };
        const [first, second] = [await pixels(a), await pixels(b)];
        let different = 0;
        for (let i = 0; i < first.length; i += 4) {
          const apart = [0, 1, 2].reduce((sum, k) => sum + Math.abs((first[i + k] ?? 0) - (second[i + k] ?? 0)), 0);
          if (apart > 24) different++;
        }
        return different / (first.length / 4);
      },
      [one, other] as const,
    );
  }

  /** Flies there, and gives the milliseconds between the frames on the way. */
  fly(zoom: number, lat: number, lon: number): Promise<number[]> {
    return this.page.evaluate(
      async ([z, north, east]) => {
        const map = document.querySelector('yp-wall')?.cityMap?.map;
        if (!map) throw new Error('the map has not started');
        const frames: number[] = [];
        let last = performance.now();
        map.on('render', () => {
          const now = performance.now();
          frames.push(now - last);
          last = now;
        });
        map.flyTo({zoom: z, center: [east, north], duration: 6000, essential: true});
        await map.once('moveend');
        const onTheWay = frames.slice(1);
        await window.yiping.idle();
        return onTheWay;
      },
      [zoom, lat, lon] as const,
    );
  }

  /** Waits until an object of a stream is drawn at a place: within a metre or so. */
  async drawnAt(stream: string, key: string, lon: number, lat: number): Promise<void> {
    await this.page.waitForFunction(
      ([name, wanted, east, north]) =>
        window.yiping
          .objects(name)
          .some((one) => one.key === wanted && Math.hypot(one.lon - east, one.lat - north) < 1e-5),
      [stream, key, lon, lat] as const,
    );
  }

  /** A part of the panel of the heat. */
  heat(selector: string) {
    return this.page.locator('yp-heat').locator(selector);
  }

  /** Waits until the cells of the heat in the picture are some, or none. */
  async cells(wanted: 'some' | 'none'): Promise<void> {
    await this.page.waitForFunction((some) => {
      const map = document.querySelector('yp-wall')?.cityMap?.map;
      return map?.getLayer('heat-cell') && map.queryRenderedFeatures({layers: ['heat-cell']}).length > 0 === some;
    }, wanted === 'some');
  }

  stream(name: string) {
    return this.page.locator(`yp-streams [data-stream=${name}]`);
  }

  vital(layer: string) {
    return this.page.locator(`yp-vitals button[data-layer=${layer}]`).first();
  }

  get card() {
    return this.page.locator('yp-card');
  }

  /** The value of a field on the card, once the card is there. */
  async field(key: string): Promise<string> {
    return ((await this.card.locator(`[data-field=${key}]`).textContent()) ?? '').trim();
  }

  close(): Promise<void> {
    return this.page.close();
  }
}
