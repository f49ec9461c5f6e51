// The heat's part of the wall: what is known of it, and the elements that show it.

import {html, type LitElement, nothing} from 'lit';
import type {Language} from '../i18n';
import type {LiveEvent} from '../live/protocol';
import type {CityMap} from '../map/city-map';
import {floorHeight} from '../wall/layout';
import './alarm-banner';
import './alarm-panel';
import {AlarmState, alarmStream} from './alarm-state';
import {alarmsAt, ofThisPlay} from './alarms';
import './evening-bar';
import './heat-panel';
import type {HeatSnapshot} from './heat-snapshot';
import {HeatState} from './heat-state';
import type {Pace} from './timeline';

/** How an element of the heat is to be shown. */
export interface HeatLook {
  readonly language: Language;
  /** Whether the heat is switched on in the picture. */
  readonly shows: boolean;
  readonly folded: boolean;
}

export class HeatDesk {
  readonly #state: HeatState;
  readonly #alarms: AlarmState;
  readonly #host: LitElement;
  readonly #map: () => CityMap | null;

  constructor(host: LitElement, map: () => CityMap | null) {
    this.#host = host;
    this.#map = map;
    this.#state = new HeatState(host, map, (core) => this.#fly(core));
    this.#alarms = new AlarmState(host, () => this.#state.snapshot.run);
  }

  get snapshot(): HeatSnapshot {
    return this.#state.snapshot;
  }

  /** Takes what a stream of events tells, if it is that of the alarms. */
  took(stream: string, events: readonly LiveEvent[]): boolean {
    if (stream !== alarmStream) return false;
    this.#alarms.told(events);
    return true;
  }

  toggleHotSpots(): void {
    this.#state.toggleHotSpots();
  }

  panel({language, shows, folded}: HeatLook) {
    return html`<yp-heat
      .language=${language}
      .state=${this.snapshot}
      .alarms=${this.#alarmsShown}
      .shows=${shows}
      ?folded=${folded}
      @play=${() => this.#state.start()}
      @stop=${() => this.#state.stop()}
      @speed=${({detail}: CustomEvent<number>) => this.#state.setSpeed(detail)}
      @turn-to-place=${({detail}: CustomEvent<string>) => this.#state.turnTo(detail)}
      @fly-to-place=${({detail}: CustomEvent<GeoJSON.Geometry>) => this.#fly(detail)}
    ></yp-heat>`;
  }

  alarms({language, folded}: HeatLook) {
    if (this.#alarmsShown.length === 0) return nothing;
    return html`<yp-alarms
      .language=${language}
      .alarms=${this.#alarmsShown}
      .past=${this.snapshot.at !== null}
      .fault=${this.#alarms.fault}
      ?folded=${folded}
      @turn-to-place=${({detail}: CustomEvent<string>) => this.#see(detail)}
      @acknowledge=${({detail: {id, by, note}}: CustomEvent<{id: string; by: string; note: string}>) =>
        this.#alarms.acknowledge(id, by, note)}
    ></yp-alarms>`;
  }

  /** The new alarm, while the present is shown. */
  banner(language: Language) {
    if (!this.#alarms.news) return nothing;
    return html`<yp-alarm-banner
      .language=${language}
      .alarm=${this.#alarms.news}
      @dismiss=${() => this.#alarms.dismiss()}
      @see-place=${({detail}: CustomEvent<string>) => {
        this.#state.seek(null);
        this.#see(detail);
      }}
    ></yp-alarm-banner>`;
  }

  bar({language, folded}: HeatLook) {
    return html`<yp-evening
      .language=${language}
      .state=${this.snapshot}
      .alarms=${this.#alarmsSoFar}
      ?folded=${folded}
      @seek=${({detail}: CustomEvent<number | null>) => this.#state.seek(detail)}
      @roll=${() => this.#state.roll()}
      @pace=${({detail}: CustomEvent<Pace>) => this.#state.setPace(detail)}
    ></yp-evening>`;
  }

  /** The alarms as of the moment that is shown. */
  get #alarmsShown() {
    const {at} = this.snapshot;
    return at === null ? this.#alarmsSoFar : alarmsAt(this.#alarmsSoFar, at);
  }

  get #alarmsSoFar() {
    return ofThisPlay(this.#alarms.alarms, this.snapshot.now ?? 0);
  }

  /** Turns the card to a place and flies there. */
  #see(place: string): void {
    this.#state.turnTo(place);
    const feature = this.snapshot.places?.features.find(({id}) => id === place);
    if (feature) this.#fly(feature.geometry);
  }

  /** Shows a place between the panels and above the bar. */
  #fly(geometry: GeoJSON.Geometry): void {
    this.#map()?.flyToGeometry(geometry, floorHeight(this.#host.renderRoot));
  }
}
