// Which characters the product's own fonts can draw, read from the files that the server sends:
// in a browser the system's fonts would stand in, and hide what is missing elsewhere.

import {convert} from 'fontverter';
import {Blob, Face} from 'harfbuzzjs';
import {serverURL} from './browser';

/** The characters that every one of the served font files has. */
export async function servedCharacters(): Promise<ReadonlySet<string>> {
  const page = await text('/');
  const [stylesheet = ''] = /\/assets\/[\w-]+\.css/.exec(page) ?? [];
  const files = new Set((await text(stylesheet)).match(/[\w-]+\.woff2/g) ?? []);
  if (files.size === 0) throw new Error(`no font in ${stylesheet}`);
  const sets = await Promise.all([...files].map((file) => charactersOf(`/assets/${file}`)));
  const [first = new Set<string>(), ...others] = sets;
  return new Set([...first].filter((character) => others.every((other) => other.has(character))));
}

async function charactersOf(path: string): Promise<Set<string>> {
  const response = await fetch(serverURL() + path);
  const tables = await convert(Buffer.from(await response.arrayBuffer()), 'sfnt');
  const face = new Face(new Blob(new Uint8Array(tables).buffer));
  return new Set([...face.collectUnicodes()].map((point) => String.fromCodePoint(point)));
}

async function text(path: string): Promise<string> {
  return (await fetch(serverURL() + path)).text();
}
