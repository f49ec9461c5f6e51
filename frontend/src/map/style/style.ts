// The style of the map: our own sources, layers bottom to top, nothing from elsewhere.

import type {LayerSpecification, SourceSpecification, StyleSpecification} from 'maplibre-gl';
import type {Catalog} from '../../api';
import type {Language} from '../../i18n';
import {boundsOfCity} from '../bounds';
import {isStandardLayer, tileSources} from '../sources';
import {buildings, estateNames, estates, heritageMarks} from './buildings';
import {components} from './components';
import {customLayer} from './custom';
import {componentField} from './density';
import {borders, landAndWater, regionLabelSource, regionNames, waterNames} from './ground';
import {heatCells, heatPlaceSource, heatPlaces, heatSource, hotSpotCells, hotSpotSource} from './heat';
import {fenceLayers, fenceSource, trackLayers, trackSource} from './live';
import {markLayer, selectionLayers, selectionSource} from './overlay';
import type {StyleContext} from './part';
import {pipelines} from './pipelines';
import {places} from './places';
import {scaleLayer} from './scale';
import {metroLines, metroStations, roads, transportNames} from './transport';

const empty: GeoJSON.FeatureCollection = {type: 'FeatureCollection', features: []};

export interface StyleOptions {
  readonly catalog: Catalog;
  readonly language: Language;
  /** How much larger than on a screen of 1920 × 1080 everything is drawn. */
  readonly factor: number;
  /** The server's origin: tiles are fetched by a worker, which has no page to be relative to. */
  readonly origin: string;
}

/** The whole style. */
export function cityStyle({catalog, language, factor, origin}: StyleOptions): StyleSpecification {
  const tiled = tileSources(catalog.collections);
  const sourceByLayer = new Map(tiled.flatMap(({id, layers}) => layers.map((layer) => [layer, id] as const)));
  const [, south, , north] = boundsOfCity(catalog.collections);
  const context: StyleContext = {
    language,
    latitude: (south + north) / 2,
    sourceOf: (layer) => sourceByLayer.get(layer),
  };
  const sources: Record<string, SourceSpecification> = {
    [regionLabelSource]: {type: 'geojson', data: empty},
    [selectionSource]: {type: 'geojson', data: empty},
    [fenceSource]: {type: 'geojson', data: empty},
    [heatSource]: {type: 'geojson', data: empty},
    [heatPlaceSource]: {type: 'geojson', data: empty},
    [hotSpotSource]: {type: 'geojson', data: empty},
    [trackSource]: {type: 'geojson', data: empty, lineMetrics: true},
  };
  for (const {id} of tiled) {
    sources[id] = {type: 'vector', url: `${origin}/tiles/${id}.json`};
  }
  return {
    version: 8,
    light: {anchor: 'viewport', color: '#dff3ff', intensity: 0.32, position: [1.3, 215, 38]},
    sources,
    layers: cityLayers(catalog, context).map((layer) => scaleLayer(layer, factor)),
  };
}

function cityLayers(catalog: Catalog, context: StyleContext): LayerSpecification[] {
  const custom = catalog.collections.filter(({id}) => !isStandardLayer(id));
  return [
    ...landAndWater(context),
    ...estates(context),
    ...roads(context),
    ...componentField(context),
    ...heatCells(),
    ...hotSpotCells(),
    ...borders(context),
    ...metroLines(context),
    ...pipelines(context),
    ...buildings(context),
    ...custom.flatMap(({id}) => customLayer(context, id)),
    ...metroStations(context),
    ...components(context),
    ...heritageMarks(context),
    ...heatPlaces(context.language),
    ...fenceLayers(),
    ...selectionLayers(),
    ...trackLayers(),
    ...waterNames(context),
    ...estateNames(context),
    ...places(context),
    ...transportNames(context),
    ...regionNames(context),
    ...markLayer(catalog.mark),
  ];
}
