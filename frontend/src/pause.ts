// Waiting that can be cut short, and leaves nothing behind.

/** Waits for a time, until the network is back, or until the signal. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const done = () => {
      clearTimeout(timer);
      ended.abort();
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener('online', done, {signal: ended.signal});
    signal.addEventListener('abort', done, {signal: ended.signal});
  });
}
