// Starts the machine's Chromium the way the tests and the screenshots need it.

import {type Browser, chromium} from 'playwright-core';

/** WebGL by software rendering, and nothing that would talk to the outside. */
const flags = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--hide-scrollbars',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--font-render-hinting=none',
];

export function launchChromium(): Promise<Browser> {
  return chromium.launch({executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: flags});
}

/** The server under test, without a slash at its end. */
export function serverURL(): string {
  const url = process.env.YIPING_URL;
  if (!url) throw new Error('set YIPING_URL to the address of a running server, such as http://127.0.0.1:8080');
  return url.replace(/\/$/, '');
}
