// How labels are written.

import type {ExpressionSpecification} from 'maplibre-gl';
import type {Language} from '../../i18n';
import {text} from '../palette';

// MapLibre draws all text from CSS fonts, as the style has no glyphs. It takes the weight from
// the first family's name, so fonts.css gives the semi-bold file a family of its own.
export const regular = ['Yiping Sans', 'Noto Sans SC'];
export const semiBold = ['Yiping Sans SemiBold', 'Noto Sans SC'];

export const halo = {'text-halo-color': text.halo, 'text-halo-width': 1.4, 'text-halo-blur': 0.4} as const;

/** The name in the language of the page; the Chinese one where the feature has no other. */
export function nameIn(language: Language): ExpressionSpecification {
  const name: ExpressionSpecification = ['coalesce', ['get', 'name'], ''];
  if (language === 'zh') return name;
  return ['case', ['!=', ['coalesce', ['get', 'name_en'], ''], ''], ['get', 'name_en'], name];
}

/** A value that grows smoothly between zooms. */
export function byZoom(...stops: readonly (readonly [zoom: number, value: number])[]): ExpressionSpecification {
  return ['interpolate', ['exponential', 1.4], ['zoom'], ...stops.flat()] as ExpressionSpecification;
}
