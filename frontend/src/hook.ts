// window.yiping: what tests and a curious operator may read. It changes nothing.

import {fontsLoaded} from './map/fonts';
import type {LiveStatus} from './map/live/live-map';
import {partOf} from './map/style/part';
import type {View} from './map/view';
import type {Wall} from './wall/wall';

/** A feature in the picture, with the CSS pixel to click it at. */
export interface RenderedFeature {
  readonly id: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Hook {
  /** Resolves when the fonts are there and the map has drawn everything that it asked for. */
  idle(): Promise<void>;
  /** The features of a layer of the twin that are in the picture, each once. */
  rendered(layer: string): RenderedFeature[];
  /** The CSS pixel of a place, relative to the page. */
  pixel(lon: number, lat: number): {x: number; y: number};
  /** The objects of a stream where they are drawn at this moment, with their CSS pixels in the map. */
  objects(stream: string): {key: string; lon: number; lat: number; x: number; y: number}[];
  /** How fresh the streams are. */
  live(): LiveStatus;
  /** How many changes have pulsed in the picture. */
  pulsed(): number;
  view(): View | null;
  fonts(): boolean;
  faults(): string[];
}

declare global {
  interface Window {
    yiping: Hook;
  }
}

export function hookOf(wall: Wall): Hook {
  const map = () => {
    if (!wall.cityMap) throw new Error('the map has not started');
    return wall.cityMap.map;
  };
  return {
    async idle() {
      while (!wall.cityMap) await new Promise(requestAnimationFrame);
      const current = map();
      if (current.loaded() && !current.isMoving()) return;
      await current.once('idle');
    },
    rendered(layer) {
      const style = map().getStyle();
      const layers = style.layers.filter((spec) => partOf(spec)?.layer === layer).map(({id}) => id);
      const features = map().queryRenderedFeatures({layers});
      return [...new Map(features.map(({id, properties}) => [Number(id), {id: Number(id), properties}])).values()];
    },
    pixel(lon, lat) {
      const {x, y} = map().project([lon, lat]);
      const box = map().getCanvas().getBoundingClientRect();
      return {x: x + box.left, y: y + box.top};
    },
    objects: (stream) => wall.cityMap?.live.objects(stream) ?? [],
    live: () => wall.liveStatus,
    pulsed: () => wall.cityMap?.live.pulsed ?? 0,
    view: () => wall.view,
    fonts: fontsLoaded,
    faults: () => wall.faults.texts(wall.language).map(({text}) => text),
  };
}
