// The part of the page's state that lives in the address, so that a view can be sent to someone:
// #map=ZOOM/LAT/LON (kept by MapLibre), &off=LAYER,…, &lens=LENS, &run=REPLAY and &sel=LAYER/ID.

import {type Lens, lenses} from './map/lens';
import type {Pick} from './map/picking';

/** Layers that are off in the address, or null when it says nothing about layers. */
export function hiddenIn(hash: string): ReadonlySet<string> | null {
  const off = read(hash, 'off');
  return off === null ? null : new Set(off.split(',').filter((layer) => layer !== ''));
}

/** The picked feature in the address. */
export function selectionIn(hash: string): Pick | null {
  const match = /^([a-z][a-z0-9_]*)\/(\d{1,15})$/.exec(read(hash, 'sel') ?? '');
  return match?.[1] && match[2] ? {layer: match[1], id: Number(match[2])} : null;
}

/** What components are coloured by; their density when the address asks for nothing. */
export function lensIn(hash: string): Lens {
  const asked = read(hash, 'lens');
  return lenses.find((lens) => lens === asked) ?? 'density';
}

/** Whether the address says where to look. */
export function hasView(hash: string): boolean {
  return read(hash, 'map') !== null;
}

/** The replay of the heat that is to be shown. */
export function runIn(hash: string): string | null {
  return /^[a-z0-9][a-z0-9_-]*$/.exec(read(hash, 'run') ?? '')?.[0] ?? null;
}

export function withRun(hash: string, run: string | null): string {
  return write(hash, 'run', run);
}

export function withLens(hash: string, lens: Lens): string {
  return write(hash, 'lens', lens === 'density' ? null : lens);
}

export function withHidden(hash: string, hidden: ReadonlySet<string>): string {
  return write(hash, 'off', [...hidden].sort().join(','));
}

export function withSelection(hash: string, selection: Pick | null): string {
  return write(hash, 'sel', selection && `${selection.layer}/${selection.id}`);
}

function pairs(hash: string): string[] {
  return hash
    .replace(/^#/, '')
    .split('&')
    .filter((pair) => pair !== '');
}

function read(hash: string, key: string): string | null {
  const pair = pairs(hash).find((candidate) => candidate.startsWith(`${key}=`));
  return pair === undefined ? null : pair.slice(key.length + 1);
}

/** Replaces one key and leaves the others as they are written; null takes the key away. */
function write(hash: string, key: string, value: string | null): string {
  const others = pairs(hash).filter((pair) => !pair.startsWith(`${key}=`));
  const all = value === null ? others : [...others, `${key}=${value}`];
  return `#${all.join('&')}`;
}
