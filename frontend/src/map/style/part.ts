// One map layer of the style, tied to the layer of the twin that it draws.

import type {LayerSpecification} from 'maplibre-gl';
import type {Language} from '../../i18n';

/** What the style is built for. */
export interface StyleContext {
  readonly language: Language;
  /** Degrees north of the middle of the city, where sizes on the ground are taken. */
  readonly latitude: number;
  /** The source of a layer of the twin, or undefined when the server does not have that layer. */
  sourceOf(layer: string): string | undefined;
}

/**
 * What a map layer is for: one that is switched with its layer, one that only answers queries, or
 * one of two looks of a layer, of which one is on.
 */
export type Role = 'draw' | 'label' | 'hit' | 'flat' | 'solid' | 'density' | 'damage';

export interface PartMetadata {
  readonly layer: string;
  readonly role: Role;
  /** Whether a click may find features through it. */
  readonly pick: boolean;
}

type Drawn = Exclude<LayerSpecification, {type: 'background'}>;
type Unbound<T> = T extends unknown ? Omit<T, 'source' | 'source-layer' | 'metadata'> : never;

interface PartOptions {
  readonly role?: Role;
  readonly pick?: boolean;
}

/** The map layer bound to its source, or nothing when the server does not have the layer. */
export function part(
  context: StyleContext,
  layer: string,
  spec: Unbound<Drawn>,
  {role = 'draw', pick = false}: PartOptions = {},
): LayerSpecification[] {
  const source = context.sourceOf(layer);
  if (source === undefined) return [];
  const metadata: PartMetadata = {layer, role, pick};
  return [{...spec, source, 'source-layer': layer, metadata} as LayerSpecification];
}

/** The part's metadata, or undefined for map layers that belong to no layer of the twin. */
export function partOf(spec: {metadata?: unknown}): PartMetadata | undefined {
  return spec.metadata as PartMetadata | undefined;
}
