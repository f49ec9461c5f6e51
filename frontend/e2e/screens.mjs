// Takes pictures of the wall at given views, to look at and for the README.
//
//   YIPING_URL=http://127.0.0.1:8080 node e2e/screens.mjs FOLDER [NAME WIDTH HEIGHT ADDRESS [SELECTOR…]]
//
// Without a view it takes the standard ones. ADDRESS is what follows the host, such as
// "/#map=15/31.238/121.495"; each SELECTOR is clicked in turn before the picture is taken.

import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {chromium} from 'playwright-core';

const standard = [
  ['z09', 1920, 1080, '/#map=9/31.22/121.47'],
  ['z09-damage', 1920, 1080, '/#map=9/31.22/121.47&lens=damage'],
  ['z11', 1920, 1080, '/#map=11/31.22/121.47'],
  ['z13', 1920, 1080, '/#map=13/31.232/121.48'],
  ['z15', 1920, 1080, '/#map=15.2/31.2365/121.493/-20/52'],
  ['z17', 1920, 1080, '/#map=17/31.2355/121.4855'],
];

const [folder, name, width, height, address, ...clicks] = process.argv.slice(2);
const server = process.env.YIPING_URL;
if (!folder || !server) {
  process.stderr.write('usage: YIPING_URL=… node e2e/screens.mjs FOLDER [NAME WIDTH HEIGHT ADDRESS [SELECTOR…]]\n');
  process.exit(2);
}
const views = name ? [[name, Number(width), Number(height), address]] : standard;

await mkdir(folder, {recursive: true});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
    '--hide-scrollbars',
    '--disable-background-networking',
    '--font-render-hinting=none',
  ],
});
try {
  for (const [view, w, h, path] of views) {
    const page = await browser.newPage({viewport: {width: w, height: h}});
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        process.stderr.write(`${view}: ${message.text()}\n`);
    });
    page.on('pageerror', (error) => process.stderr.write(`${view}: ${error.message}\n`));
    const started = Date.now();
    await page.goto(new URL(path, server).href);
    await page.waitForFunction(() => window.yiping);
    await page.evaluate(() => window.yiping.idle());
    // What is live comes after the first picture; layers and events have no objects of their own.
    await page.waitForFunction(() => {
      const {connected, streams} = window.yiping.live();
      return (
        connected && streams.every(({stream, objects}) => objects !== null || /^(layers|fences|alarms)$/.test(stream))
      );
    });
    const idle = Date.now() - started;
    for (const selector of clicks) {
      await page.locator(selector).first().click();
      await page.evaluate(() => window.yiping.idle());
    }
    const file = join(folder, `${view}.png`);
    await page.screenshot({path: file});
    process.stdout.write(`${file}: idle after ${idle} ms\n`);
    await page.close();
  }
} finally {
  await browser.close();
}
