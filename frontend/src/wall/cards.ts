// The card of what is picked on the map: a feature of a layer, or an object of a stream.

import {html, nothing} from 'lit';
import type {Collection, ComponentClass} from '../api';
import {type Language, translate} from '../i18n';
import type {CityMap} from '../map/city-map';
import './feature-card';
import type {LiveState} from './live-state';
import './object-card';
import type {Selection} from './selection';

/** What the card of a feature looks things up in. */
export interface Lookup {
  readonly collections: readonly Collection[];
  readonly classes: ReadonlyMap<string, ComponentClass>;
}

export function featureCard(
  selection: Selection,
  {collections, classes}: Lookup,
  language: Language,
  map: CityMap | null,
) {
  const {pick, item, fault, index, picks} = selection;
  if (!pick) return nothing;
  return html`<yp-card
    role="dialog"
    aria-label=${translate(language, 'feature')}
    .language=${language}
    .collection=${collections.find(({id}) => id === pick.layer) ?? null}
    .classes=${classes}
    .item=${item}
    .fault=${fault}
    .index=${index}
    .total=${picks.length}
    @close-card=${() => selection.close()}
    @fly-to-item=${() => item && map?.flyToItem(item)}
    @step=${({detail}: CustomEvent<number>) => selection.step(detail)}
  ></yp-card>`;
}

export function objectCard(live: LiveState, language: Language, map: CityMap | null) {
  const {pick, object, track, fault, definitions} = live;
  if (!pick) return nothing;
  return html`<yp-object
    role="dialog"
    aria-label=${translate(language, 'feature')}
    .language=${language}
    .pick=${pick}
    .definition=${definitions.get(pick.stream)}
    .object=${object}
    .track=${track}
    .fault=${fault}
    @close-card=${() => live.open(null)}
    @fly-to-object=${() => object && map?.flyToPlace(object.lon, object.lat)}
  ></yp-object>`;
}
