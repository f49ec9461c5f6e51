// Runs the session beside the page, so that frames are read while the page draws.

import type {FromWorker, ToWorker} from './protocol';
import {Session} from './session';

const tell = (message: FromWorker) => self.postMessage(message);
const address = new URL('/live', self.location.href.replace(/^http/, 'ws'));

const session = new Session(() => new WebSocket(address, 'live1.json'), {
  tiles: (layer, tiles) => tell({kind: 'tiles', layer, tiles}),
  lag: (milliseconds) => tell({kind: 'lag', milliseconds}),
  connected: (connected) => tell({kind: 'connected', connected}),
});

self.addEventListener('message', ({data}: MessageEvent<ToWorker>) => session.watch(data.watch));
