// The wall as a test sees it: what one reads, clicks and types, in the words of the product.

import type {Browser, Page} from 'playwright-core';
import type {RenderedFeature} from '../src/hook';
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
}

export class WallDriver {
  /** Errors and warnings that the page wrote to its console. */
  readonly complaints: string[] = [];
  /** Requests that went to another host than the server. */
  readonly outside: string[] = [];

  private constructor(readonly page: Page) {
    const host = new URL(serverURL()).host;
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
    const {address = '/', width = 1280, height = 720, before, settle = true} = options;
    const page = await browser.newPage({viewport: {width, height}});
    page.setDefaultTimeout(60_000);
    const wall = new WallDriver(page);
    await before?.(page);
    await page.goto(serverURL() + address);
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
