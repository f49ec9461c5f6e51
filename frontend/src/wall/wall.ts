// The command-centre wall: the map, the panels around it, and what they share.

import {html, LitElement} from 'lit';
import {customElement, query, state} from 'lit/decorators.js';
import {hiddenIn, lensIn, selectionIn, withHidden, withLens} from '../address';
import {api, type Catalog, type ComponentClass, type Item} from '../api';
import {watchCatalog} from '../catalog-watch';
import {HeatDesk} from '../heat/heat-desk';
import {type Language, languageOf, translate, translateMark, withLanguage} from '../i18n';
import {CityMap, type CityMapEvents} from '../map/city-map';
import type {Coverage} from '../map/coverage';
import {loadFonts} from '../map/fonts';
import type {Lens} from '../map/lens';
import type {LiveStatus} from '../map/live/live-map';
import type {RegionsAt} from '../map/picking';
import {heatLayer} from '../map/style/heat';
import type {View} from '../map/view';
import './banner';
import './event-list';
import './fault-band';
import './footer';
import './layer-panel';
import './legend';
import './stream-panel';
import './vitals-panel';
import {featureCard, objectCard} from './cards';
import {Faults} from './faults';
import {isNarrow, mapPadding, wallFactor} from './layout';
import {LiveState} from './live-state';
import {type DockAction, dockActions} from './map-dock';
import {Selection} from './selection';
import {attributionsOf, cutOf, markWith, markWithTime, shownLayers} from './shown';
import {wallStyles} from './wall-styles';

/** Layers that the first look leaves out: they are fine lines that hide what lies under them. */
const quietLayers = ['village'];

@customElement('yp-wall')
export class Wall extends LitElement {
  @state() language: Language = languageOf(location.search);
  @state() catalog: Catalog | null = null;
  @state() view: View | null = null;
  @state() private classes: ReadonlyMap<string, ComponentClass> = new Map();
  @state() private hiddenLayers: ReadonlySet<string> = hiddenIn(location.hash) ?? new Set(quietLayers);
  @state() private regions: RegionsAt = {district: null, street: null};
  @state() private city: string | null = null;
  @state() private solid = true;
  @state() private lens: Lens = lensIn(location.hash);
  @state() private coverage: ReadonlyMap<string, Coverage> = new Map();

  @query('.map') private mapElement!: HTMLElement;

  readonly faults = new Faults(this);
  readonly #selection = new Selection(this, (item) => this.showSelection(item));
  readonly #live = new LiveState(this, () => this.cityMap);
  readonly #heat = new HeatDesk(this, () => this.cityMap);
  cityMap: CityMap | null = null;
  #factor = wallFactor();
  #ended = new AbortController();

  static override styles = wallStyles;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ended = new AbortController();
    const {signal} = this.#ended;
    document.addEventListener('keydown', ({key}) => key === 'Escape' && this.closeCards(), {signal});
    window.addEventListener('resize', () => this.resized(), {signal});
    void this.start(signal);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ended.abort();
    this.cityMap?.remove();
    this.cityMap = null;
  }

  private async start(signal: AbortSignal): Promise<void> {
    this.speakLanguage();
    await Promise.all([loadFonts(), this.updateComplete]);
    await watchCatalog(
      {
        catalog: (catalog) => this.takeCatalog(catalog),
        gone: (detail) => this.faults.set('server', detail),
      },
      signal,
    );
  }

  /** What must be written into the picture: for the layers, for what moves over them, and for the heat. */
  private get mark(): string {
    const {synthetic, at, run} = this.#heat.snapshot;
    const mark = markWith(this.catalog?.mark ?? '', this.#live.synthetic.size > 0 || synthetic);
    return markWithTime(mark, {past: at !== null, replay: run !== null && run !== ''});
  }

  get liveStatus(): LiveStatus {
    return this.#live.status;
  }

  private takeCatalog(catalog: Catalog): void {
    const first = this.catalog === null;
    this.catalog = catalog;
    this.faults.clear('server');
    if (this.cityMap) this.cityMap.setCatalog(catalog);
    else this.buildMap(catalog);
    if (!first) return;
    void this.readClasses();
    const picked = selectionIn(location.hash);
    if (picked) void this.#selection.open([picked]);
  }

  private buildMap(catalog: Catalog): void {
    // MapLibre takes its view out of the address when it goes.
    const {hash} = location;
    this.cityMap?.remove();
    history.replaceState(history.state, '', hash || location.pathname + location.search);
    try {
      this.cityMap = new CityMap({
        container: this.mapElement,
        catalog,
        language: this.language,
        mark: translateMark(this.mark, this.language),
        hidden: this.hiddenLayers,
        solid: this.solid,
        lens: this.lens,
        factor: this.#factor,
        padding: mapPadding(this.renderRoot),
        staleMs: (stream) => this.#live.staleMs(stream),
        events: this.mapEvents(),
      });
      this.cityMap.setSelection(this.#selection.item);
    } catch (error) {
      this.cityMap = null; // the next catalog tries again
      this.faults.set('start', error);
    }
  }

  private mapEvents(): CityMapEvents {
    return {
      view: (view) => {
        this.view = view;
      },
      regions: (regions) => {
        this.regions = regions;
      },
      coverage: (coverage) => {
        this.coverage = coverage;
      },
      city: (name) => {
        this.city = name;
      },
      picks: (picks) => {
        void this.#live.open(null);
        void this.#selection.open(picks);
      },
      picksLive: (pick) => {
        this.#selection.close();
        void this.#live.open(pick);
      },
      live: {
        ...this.#live.events,
        events: (stream, events) => {
          if (!this.#heat.took(stream, events)) this.#live.events.events(stream, events);
        },
      },
      solid: (solid) => {
        this.solid = solid;
      },
      fault: (fault, detail) => this.faults.set(fault, detail),
      mended: (fault) => this.faults.clear(fault),
      rebuild: () => this.catalog && this.buildMap(this.catalog),
    };
  }

  /** The class names of components; without them the card shows the codes alone. */
  private async readClasses(): Promise<void> {
    try {
      const classes = await api.componentClasses(this.#ended.signal);
      this.classes = new Map(classes.map((entry) => [entry.code, entry]));
    } catch {
      this.classes = new Map();
    }
  }

  private async showSelection(item: Item | null): Promise<void> {
    this.cityMap?.setSelection(item);
    if (!item) return;
    await this.updateComplete;
    const card = this.renderRoot.querySelector('yp-card');
    if (card && this.#selection.item === item) this.cityMap?.keepClear(item, card.getBoundingClientRect());
  }

  private closeCards(): void {
    this.#selection.close();
    void this.#live.open(null);
  }

  private toggleLayer(layer: string): void {
    const hidden = new Set(this.hiddenLayers);
    if (!hidden.delete(layer)) hidden.add(layer);
    this.hiddenLayers = hidden;
    this.cityMap?.setHidden(hidden);
    history.replaceState(history.state, '', withHidden(location.hash, hidden));
  }

  private chooseLens(lens: Lens): void {
    this.lens = lens;
    this.cityMap?.setLens(lens);
    history.replaceState(history.state, '', withLens(location.hash, lens));
  }

  /** A headline figure opens its layer: shows it and comes close enough, or hides it when it is in view. */
  private openLayer(layer: string): void {
    const collection = this.catalog?.collections.find(({id}) => id === layer);
    if (!collection) return;
    const hidden = this.hiddenLayers.has(layer);
    const near = (this.view?.zoom ?? 0) >= collection.zoom.min;
    if (hidden || near) this.toggleLayer(layer);
    if (!near) this.cityMap?.approach(collection);
  }

  private async goToRegion(level: string, id?: number): Promise<void> {
    if (level === 'city' || id === undefined) {
      this.cityMap?.flyToCity();
      return;
    }
    try {
      this.cityMap?.flyToItem(await api.item(level, id, this.#ended.signal));
    } catch (error) {
      if (!this.#ended.signal.aborted) this.faults.set('server', error);
    }
  }

  private dock(action: DockAction): void {
    if (this.cityMap) dockActions(this.cityMap, this.solid)[action]();
  }

  private switchLanguage(): void {
    this.language = this.language === 'zh' ? 'en' : 'zh';
    history.replaceState(history.state, '', withLanguage(location.href, this.language));
    this.speakLanguage();
    if (this.catalog) this.cityMap?.setLanguage(this.language, translateMark(this.mark, this.language));
  }

  private speakLanguage(): void {
    document.documentElement.lang = this.language === 'zh' ? 'zh-CN' : 'en';
    document.title = `${translate(this.language, 'title')} · Yiping`;
  }

  private resized(): void {
    const factor = wallFactor();
    if (factor === this.#factor || !this.catalog) {
      this.cityMap?.setPadding(mapPadding(this.renderRoot));
      return;
    }
    this.#factor = factor;
    this.buildMap(this.catalog);
  }

  protected override updated(): void {
    this.cityMap?.setMark(translateMark(this.mark, this.language));
  }

  protected override render() {
    const {language, catalog, hiddenLayers, view} = this;
    const collections = catalog?.collections ?? [];
    const shown = shownLayers(collections, hiddenLayers, view?.zoom ?? 0);
    const narrow = isNarrow();
    const heat = {language, shows: !hiddenLayers.has(heatLayer), folded: narrow};
    return html`
      <a class="skip" href="#map" @click=${this.focusMap}>${translate(language, 'skipToMap')}</a>
      <yp-banner
        .language=${language}
        .city=${this.city ?? ''}
        .regions=${this.regions}
        .mark=${this.mark}
        .cut=${cutOf(collections)}
        @language=${this.switchLanguage}
        @region=${({detail}: CustomEvent<{level: string; id?: number}>) => this.goToRegion(detail.level, detail.id)}
      ></yp-banner>
      <main ?data-past=${this.#heat.snapshot.at !== null}>
        <div class="map" role="application" aria-label=${translate(language, 'mapLabel')}></div>
        <div class="cross" aria-hidden="true"></div>
        <div class="left">
          <yp-vitals
            .language=${language}
            .catalog=${catalog}
            .hiddenLayers=${hiddenLayers}
            ?folded=${narrow}
            @open-layer=${({detail}: CustomEvent<string>) => this.openLayer(detail)}
          ></yp-vitals>
          <yp-streams
            .language=${language}
            .status=${this.#live.status}
            .definitions=${this.#live.definitions}
            .synthetic=${this.#live.synthetic}
            .off=${hiddenLayers}
            ?folded=${narrow}
            @toggle-layer=${({detail}: CustomEvent<string>) => this.toggleLayer(detail)}
          ></yp-streams>
        </div>
        <div class="centre">
          <yp-faults .faults=${this.faults.texts(language)}></yp-faults>
          ${this.#heat.banner(language)}
          <yp-events .language=${language} .events=${this.#live.told}></yp-events>
          ${featureCard(this.#selection, {collections, classes: this.classes}, language, this.cityMap)}
          ${objectCard(this.#live, language, this.cityMap)}
          <div class="floor">
            <div class="tools">
              <yp-dock
                .language=${language}
                .solid=${this.solid}
                .bearing=${view?.bearing ?? 0}
                @dock=${({detail}: CustomEvent<DockAction>) => this.dock(detail)}
              ></yp-dock>
              <yp-legend
                .language=${language}
                .shown=${shown}
                .zoom=${view?.zoom ?? 0}
                .lens=${this.lens}
                ?heat=${this.#heat.snapshot.run !== null && heat.shows}
                ?hotSpots=${this.#heat.snapshot.hotSpots}
                @lens=${({detail}: CustomEvent<Lens>) => this.chooseLens(detail)}
                @hot-spots=${() => this.#heat.toggleHotSpots()}
              ></yp-legend>
            </div>
            ${this.#heat.bar(heat)}
          </div>
        </div>
        <div class="right">
          ${this.#heat.panel(heat)} ${this.#heat.alarms(heat)}
          <yp-layers
            .language=${language}
            .catalog=${catalog}
            .hiddenLayers=${hiddenLayers}
            .coverage=${this.coverage}
            .zoom=${view?.zoom ?? 0}
            ?folded=${narrow}
            @toggle-layer=${({detail}: CustomEvent<string>) => this.toggleLayer(detail)}
          ></yp-layers>
        </div>
      </main>
      <yp-footer
        .language=${language}
        .view=${view}
        .mark=${this.mark}
        .live=${this.#live.status}
        .attributions=${attributionsOf(collections, shown)}
      ></yp-footer>
    `;
  }

  private focusMap(event: Event): void {
    event.preventDefault();
    this.cityMap?.map.getCanvas().focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'yp-wall': Wall;
  }
}
