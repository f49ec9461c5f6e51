// Keeps the catalog fresh, and says when the server is gone and when it is back.

import {api, type Catalog} from './api';
import {pause} from './pause';

const refreshMs = 30_000;
const firstRetryMs = 2_000;
const longestRetryMs = 15_000;

export interface CatalogEvents {
  catalog(catalog: Catalog): void;
  gone(detail: string): void;
}

/** Reads the catalog again and again until the signal aborts. */
export async function watchCatalog(events: CatalogEvents, signal: AbortSignal): Promise<void> {
  let retry = firstRetryMs;
  while (!signal.aborted) {
    try {
      events.catalog(await api.catalog(signal));
      retry = firstRetryMs;
      await pause(refreshMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      events.gone(error instanceof Error ? error.message : String(error));
      await pause(retry, signal);
      retry = Math.min(longestRetryMs, retry * 2);
    }
  }
}
