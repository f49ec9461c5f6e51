// How the wall fits its screen, where the styles alone cannot say it.

import type {PaddingOptions} from 'maplibre-gl';

/** Whether the panels are folded below the map: the same condition as in the styles. */
export function isNarrow(): boolean {
  return window.matchMedia('(max-width: 760px)').matches;
}

/** How much larger than on 1920 × 1080 the map is drawn, in quarters: the panels' unit, for the map. */
export function wallFactor(): number {
  const unit = Math.min(window.innerWidth / 1920, window.innerHeight / 1080);
  return Math.max(1, Math.floor(unit * 4) / 4);
}

/** How much of the map is covered from below, in CSS pixels. */
export function floorHeight(wall: DocumentFragment | HTMLElement): number {
  return wall.querySelector('.floor')?.getBoundingClientRect().height ?? 0;
}

/** The part of the map that the panels cover, so that its middle is the middle of what one sees. */
export function mapPadding(wall: DocumentFragment | HTMLElement): PaddingOptions {
  const width = (selector: string) =>
    isNarrow() ? 0 : (wall.querySelector(selector)?.getBoundingClientRect().width ?? 0);
  return {left: width('.left'), right: width('.right'), top: 0, bottom: 0};
}
