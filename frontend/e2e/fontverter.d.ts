declare module 'fontverter' {
  /** Changes the container of a font file: woff2 to the plain tables ("sfnt"), for one. */
  export function convert(font: Buffer, to: 'sfnt' | 'woff' | 'woff2'): Promise<Buffer>;
}
