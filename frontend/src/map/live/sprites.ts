// What is to be drawn, one sprite each, as the numbers that the shader reads.

import {advanceOf, cellOf, glyphOf, glyphSide, type Shape} from './atlas';
import type {Leg} from './motion';

/** Numbers of a sprite: from, to, start, duration, headings, size, offset, cell, fade, life, colour. */
export const stride = 15;
/** The heading of a sprite that stands upright. */
export const upright = 1e9;
const never = 1e9;
const first = 256;

export interface Look {
  readonly shape: Shape;
  /** CSS pixels. */
  readonly size: number;
  /** Red, green, blue and alpha, 0 to 255. */
  readonly colour: Colour;
  /** Whether it points where it goes. */
  readonly turned?: boolean;
  /** By the page's clock, ms: when it is too old to be shown as current. */
  readonly fadesAt?: number;
  /** For how many ms it grows and vanishes. */
  readonly life?: number;
}

export type Colour = readonly [number, number, number, number];

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The sprites of a picture, in the order in which they are painted. */
export class Sprites {
  #numbers = new Float32Array(first * stride);
  #bytes = new Uint8Array(this.#numbers.buffer);
  count = 0;
  /** Places are relative to it, so that they keep their digits as 32-bit numbers; so are times. */
  origin: Place = {x: 0, y: 0};
  clock = 0;

  get numbers(): Float32Array {
    return this.#numbers.subarray(0, this.count * stride);
  }

  /** Begins another picture. */
  clear(origin: Place, now: number): void {
    this.count = 0;
    this.origin = origin;
    this.clock = now;
  }

  add(leg: Leg, {shape, size, colour, turned = false, fadesAt, life}: Look): void {
    const at = this.#write(leg, size, 0, 0, cellOf(shape), colour);
    if (turned && !Number.isNaN(leg.h0)) {
      this.#numbers[at + 6] = leg.h0;
      this.#numbers[at + 7] = leg.h1;
    }
    if (fadesAt !== undefined) this.#numbers[at + 12] = this.#seconds(fadesAt);
    if (life !== undefined) this.#numbers[at + 13] = life / 1000;
  }

  /** Writes a text of digits around a place, so many CSS pixels high and below it. */
  label(leg: Leg, text: string, height: number, below = 0): void {
    const width = [...text].reduce((sum, character) => sum + advanceOf(character), 0) * height;
    let left = -width / 2;
    for (const character of text) {
      const advance = advanceOf(character) * height;
      const glyph = glyphOf(character);
      if (glyph !== null) this.#write(leg, glyphSide * height, left + advance / 2, below, glyph, opaque);
      left += advance;
    }
  }

  #write(leg: Leg, size: number, right: number, below: number, cell: number, colour: Colour): number {
    if ((this.count + 1) * stride > this.#numbers.length) this.#grow();
    const at = this.count++ * stride;
    const {x, y} = this.origin;
    this.#numbers.set(
      [
        leg.x0 - x,
        leg.y0 - y,
        leg.x1 - x,
        leg.y1 - y,
        this.#seconds(leg.start),
        leg.duration / 1000,
        upright,
        upright,
        size,
        right,
        -below,
        cell,
        never,
        0,
      ],
      at,
    );
    this.#bytes.set(colour, (at + 14) * 4);
    return at;
  }

  #grow(): void {
    const numbers = new Float32Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#bytes = new Uint8Array(numbers.buffer);
  }

  #seconds(time: number): number {
    return (time - this.clock) / 1000;
  }
}

const opaque: Colour = [255, 255, 255, 255];
