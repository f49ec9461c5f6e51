// The card of the place that is looked at: who is there now, what is foreseen, and how the evening went.

import {html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {formatDecimal, formatInteger} from '../format';
import {type Language, translate} from '../i18n';
import type {Alarm} from './alarm-api';
import type {PlaceFeature} from './api';
import {placeCardStyles} from './card-styles';
import {clockOf} from './clock';
import {type HeatSnapshot, nothingYet} from './heat-snapshot';
import {type Dispersal, keyFiguresOf, leftOver} from './key-figures';
import {alarmLamp, levelBadge} from './place-marks';
import {bandOf, foreseenOf, nameOf, peopleOf, sourcesOf, windowsOf} from './place-words';
import {minuteMs} from './timeline';

const secondsPerMinute = 60;

@customElement('yp-place-card')
export class PlaceCard extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) state: HeatSnapshot = nothingYet;
  @property({attribute: false}) place: PlaceFeature | null = null;
  @property({attribute: false}) alarms: readonly Alarm[] = [];

  static override styles = placeCardStyles;

  protected override render() {
    const {place, language} = this;
    if (!place) return nothing;
    const {properties} = place;
    const {level} = properties;
    const definition = this.#isCore(place) ? (this.state.replay?.definition[language] ?? '') : '';
    return html`
      <section class="core" data-place=${place.id} data-level=${level}>
        <header>
          <button class="name" title=${translate(language, 'magnifierHint')} @click=${() => this.#fly(place)}>
            ${nameOf(properties, language)}
          </button>
          ${definition ? html`<abbr tabindex="0" title=${definition} aria-label=${definition}>i</abbr>` : nothing}
          <span class="marks">${alarmLamp(place.id, this.alarms, language)}${levelBadge(level, language)}</span>
        </header>
        ${this.figure(place)} ${this.facts(place)} ${this.keyFigures(place)}
        <p class="foreseen" data-field="foreseen">${this.foreseen(place)}</p>
      </section>
    `;
  }

  /** How many are there, with the band; the band alone where the sources do not agree. */
  private figure({properties}: PlaceFeature) {
    const {language} = this;
    const {devices, people} = properties;
    const agreed = people && people.mid !== null;
    return html`
      <p class="figure">
        <strong data-field="devices" data-value=${devices} class=${people && !agreed ? 'band' : ''}>
          ${peopleOf(properties)}
        </strong>
        ${translate(language, people ? 'heatPeople' : 'heatHere')}
        ${agreed ? html`<span data-field="band">(${bandOf(people)})</span>` : nothing}
      </p>
      ${people ? html`<p class="plain" data-field="sources">${sourcesOf(people, language)}</p>` : nothing}
    `;
  }

  private facts({properties: {visits, density, in_per_s, out_per_s}}: PlaceFeature) {
    const {language} = this;
    const fact = (key: string, name: string, value: string) =>
      html`<div><dt>${name}</dt><dd data-field=${key}>${value}</dd></div>`;
    const perMinute = (perSecond: number) => formatInteger(perSecond * secondsPerMinute);
    const perArea = `${formatDecimal(density, 2)} ${translate(language, 'heatPerSquareMetre')}`;
    return html`<dl class="facts">
      ${fact('visits', translate(language, 'heatVisits'), formatInteger(visits))}
      ${fact('density', translate(language, 'heatDensity'), perArea)}
      ${fact('flow', translate(language, 'heatFlow'), `${perMinute(in_per_s)} / ${perMinute(out_per_s)}`)}
    </dl>`;
  }

  /** What the evening is remembered by, and how many different people came. */
  private keyFigures(place: PlaceFeature) {
    const {language} = this;
    const {curve, at} = this.state;
    const until = at ?? Number.POSITIVE_INFINITY;
    const figures = keyFiguresOf(
      curve.actual.filter(({t}) => t <= until),
      at === null ? (curve.forecast?.points ?? []) : [],
    );
    const row = (key: string, name: string, value: string, hint = '') =>
      html`<dt title=${hint}>${name}</dt>
        <dd data-field=${key}>${value}</dd>`;
    return html`<dl class="figures">
      ${windowsOf(place.properties, language).map(({key, name, value}) => row(key, name, value, translate(language, 'windowHint')))}
      ${
        figures
          ? row(
              'peak',
              translate(language, 'peak'),
              `${formatInteger(figures.peak.n)} · ${clockOf(figures.peak.t)}`,
              translate(language, 'peakHint'),
            )
          : nothing
      }
      ${
        figures?.dispersal
          ? row(
              'dispersal',
              translate(language, 'dispersal'),
              this.clock(figures.dispersal),
              translate(language, 'dispersalHint', {n: formatInteger(leftOver)}),
            )
          : nothing
      }
    </dl>`;
  }

  /** How long the crowd takes to leave. */
  private clock(dispersal: Dispersal): string {
    const {language} = this;
    const minutes = (ms: number) => translate(language, 'minutes', {n: Math.round(ms / minuteMs)});
    switch (dispersal.state) {
      case 'before':
        return translate(language, 'dispersalBefore');
      case 'running': {
        const since = translate(language, 'dispersalRunning', {n: minutes(dispersal.sinceMs)});
        const {expected} = dispersal;
        return expected === null ? since : `${since} · ${translate(language, 'expectedAt', {t: clockOf(expected)})}`;
      }
      case 'done':
        return `${minutes(dispersal.tookMs)} · ${clockOf(dispersal.at)}`;
    }
  }

  /** The level that is foreseen; of a stored minute nothing is. */
  private foreseen({properties}: PlaceFeature): string {
    const {language} = this;
    const {curve, at, now} = this.state;
    if (at !== null) return '';
    const crossings = curve.forecast?.crossings ?? [];
    return foreseenOf(properties, crossings, now ?? 0, language) || translate(language, 'heatNothingForeseen');
  }

  #isCore({id}: PlaceFeature): boolean {
    return this.state.run !== '' && id === this.state.replay?.core;
  }

  #fly({geometry}: PlaceFeature): void {
    this.dispatchEvent(new CustomEvent('fly-to-place', {detail: geometry, bubbles: true, composed: true}));
  }
}
