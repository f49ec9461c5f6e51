// What the map shows at a moment, for the readouts around it.

/** The view of the map. */
export interface View {
  readonly lon: number;
  readonly lat: number;
  readonly zoom: number;
  readonly pitch: number;
  readonly bearing: number;
  /** Metres on the ground that one CSS pixel covers at the centre. */
  readonly metresPerPixel: number;
}

// Circumference of the WGS 84 equator in metres, and the tile size that MapLibre counts zooms in.
const equatorMetres = 40_075_016.686;
export const tilePixels = 512;

/** Ground resolution of Web Mercator at a latitude. */
export function metresPerPixel(lat: number, zoom: number): number {
  return (equatorMetres * Math.cos((lat * Math.PI) / 180)) / (tilePixels * 2 ** zoom);
}

export interface Scale {
  readonly metres: number;
  readonly pixels: number;
}

/** The longest round distance (1, 2 or 5 times a power of ten) that fits into so many pixels. */
export function scaleBar(resolution: number, maxPixels: number): Scale {
  const longest = resolution * maxPixels;
  const power = 10 ** Math.floor(Math.log10(longest));
  const step = [5, 2, 1].find((factor) => factor * power <= longest) ?? 1;
  const metres = step * power;
  return {metres, pixels: metres / resolution};
}
