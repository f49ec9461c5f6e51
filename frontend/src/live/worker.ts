// Runs the session beside the page, so that frames are read while the page draws.

import type {ToWorker} from './protocol';
import {Session} from './session';

const address = new URL('/live', self.location.href.replace(/^http/, 'ws'));
const session = new Session({
  connect: () => new WebSocket(address, ['live1.bin', 'live1.json']),
  tell: (message, buffers) => self.postMessage(message, {transfer: buffers}),
});

self.addEventListener('message', ({data}: MessageEvent<ToWorker>) => {
  if (data.kind === 'watch') session.watch(data.watch);
  else session.drawn();
});
