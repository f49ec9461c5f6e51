// What is on the screen, and what must be said about it.

import type {Collection} from '../api';

/** The layers that are switched on, hold features and are drawn at this zoom. */
export function shownLayers(
  collections: readonly Collection[],
  hidden: ReadonlySet<string>,
  zoom: number,
): ReadonlySet<string> {
  return new Set(
    collections
      .filter(({id, zoom: range, summary}) => !hidden.has(id) && zoom >= range.min && (summary?.features ?? 0) > 0)
      .map(({id}) => id),
  );
}

/** Whom the layers on the screen are owed to, each once: what a source asks to be shown, or its title. */
export function attributionsOf(collections: readonly Collection[], shown: ReadonlySet<string>): string[] {
  const texts = collections
    .filter(({id}) => shown.has(id))
    .flatMap(({attributions, sources}) => [
      ...attributions,
      ...sources.map(({attribution, title}) => attribution || title),
    ]);
  return [...new Set(texts.filter((text) => text !== ''))];
}

/** The earliest moment that a layer's figures are of: up to it, all of them are complete. */
export function cutOf(collections: readonly Collection[]): string {
  const times = collections.flatMap(({summary}) => (summary && summary.features > 0 ? [summary.asOf] : []));
  return times.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? '';
}

/** The mark of the layers, which says of synthetic streams what it says of synthetic layers. */
export function markWith(mark: string, syntheticStreams: boolean): string {
  if (!syntheticStreams || mark.includes('合成')) return mark;
  return mark === '' ? '合成数据' : `${mark} · 合成数据`;
}

/** The mark, which also says that the picture is not of now. */
export function markWithTime(mark: string, {past, replay}: {past: boolean; replay: boolean}): string {
  const words = [mark, replay ? '回放' : '', past ? '历史画面' : ''];
  return words.filter((word) => word !== '').join(' · ');
}
