// A canvas of its own over the map for what moves. The map would have to be painted anew with every
// step of a vehicle; so it stands still, and only this is.

import type {CustomLayerInterface, Map as MapLibreMap} from 'maplibre-gl';
import {drawAtlas} from './atlas';
import {type Camera, Painter} from './painter';
import type {Sprites} from './sprites';

/** What the overlay paints. */
export interface Scene {
  readonly sprites: Sprites;
  /** Puts the sprites together when they have changed; tells whether they did. */
  compose(camera: Camera, now: number): boolean;
  /** Whether anything moves. */
  moving(now: number): boolean;
}

/** Of what moves slowly, more pictures a second are not seen. */
const frameMs = 1000 / 30;
/** What stands still grows old all the same. */
const stillMs = 1_000;
const layer = 'live-camera';

export class Overlay {
  readonly #canvas = document.createElement('canvas');
  readonly #map: MapLibreMap;
  readonly #scene: Scene;
  #painter: Painter | null = null;
  #camera: Camera | null = null;
  #frame: number | undefined;
  #paintedAt = 0;
  readonly #still: ReturnType<typeof setInterval>;

  constructor(map: MapLibreMap, scene: Scene) {
    this.#map = map;
    this.#scene = scene;
    this.#canvas.className = 'live';
    this.#canvas.style.cssText = 'position:absolute;left:0;top:0;width:100%;height:100%;pointer-events:none';
    map.getCanvasContainer().append(this.#canvas);
    this.#canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault(); // so that it is restored
      this.#painter = null;
    });
    this.#canvas.addEventListener('webglcontextrestored', () => this.#start());
    this.#start();
    this.#still = setInterval(() => this.wake(), stillMs);
    if (map.isStyleLoaded()) map.addLayer(this.#follower());
    else map.once('style.load', () => map.addLayer(this.#follower()));
  }

  /** There is something new to paint. */
  wake(): void {
    this.#frame ??= requestAnimationFrame((now) => this.#step(now));
  }

  /** The pixel of a place in Mercator units, relative to the map; null before the first picture. */
  pixel(x: number, y: number): {x: number; y: number} | null {
    const matrix = this.#camera?.matrix;
    if (!matrix) return null;
    const row = (i: number) => (matrix[i] ?? 0) * x + (matrix[4 + i] ?? 0) * y + (matrix[12 + i] ?? 0);
    const w = row(3);
    if (w <= 0) return null; // behind the camera
    const {clientWidth, clientHeight} = this.#canvas;
    return {x: ((row(0) / w + 1) / 2) * clientWidth, y: ((1 - row(1) / w) / 2) * clientHeight};
  }

  remove(): void {
    clearInterval(this.#still);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#canvas.remove();
  }

  #start(): void {
    this.#painter = new Painter(this.#canvas, drawAtlas());
    this.wake();
  }

  /** A layer that draws nothing: it learns the camera of each frame of the map, and paints in step. */
  #follower(): CustomLayerInterface {
    return {
      id: layer,
      type: 'custom',
      render: (_, {defaultProjectionData}) => {
        this.#camera = {matrix: defaultProjectionData.mainMatrix, zoom: this.#map.getZoom()};
        this.#paint(performance.now());
      },
    };
  }

  #step(now: number): void {
    this.#frame = undefined;
    if (now - this.#paintedAt >= frameMs * 0.9) this.#paint(performance.now());
    if (this.#scene.moving(performance.now())) this.wake();
  }

  #paint(now: number): void {
    if (!this.#camera || !this.#painter) return;
    this.#paintedAt = now;
    const {width, height} = this.#map.getCanvas();
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    if (this.#scene.compose(this.#camera, now)) this.#painter.load(this.#scene.sprites);
    this.#painter.paint(this.#scene.sprites, this.#camera, now, width / this.#canvas.clientWidth);
  }
}
