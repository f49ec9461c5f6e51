// The panel of the heat: the evening that is played, the place that is looked at, and the others.

import {html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {formatDecimal} from '../format';
import {type Language, translate} from '../i18n';
import {heatLayer} from '../map/style/heat';
import '../ui/panel';
import type {Alarm} from './alarm-api';
import type {PlaceFeature, Replay} from './api';
import {clockOf} from './clock';
import {focusOf, type HeatSnapshot, nothingYet} from './heat-snapshot';
import {heatPanelStyles} from './panel-styles';
import './place-card';
import {alarmLamp, levelBadge} from './place-marks';
import {foreseenOf, nameOf, peopleOf} from './place-words';

/** How many times as fast as it was an evening can be played; 0 holds it. */
const speeds = [1, 60, 200, 600];

@customElement('yp-heat')
export class HeatPanel extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) state: HeatSnapshot = nothingYet;
  /** The alarms as of the moment that is shown. */
  @property({attribute: false}) alarms: readonly Alarm[] = [];
  /** Whether the heat is switched on in the picture. */
  @property({type: Boolean}) shows = true;
  /** Whether the panel starts folded. */
  @property({type: Boolean}) folded = false;

  static override styles = heatPanelStyles;

  protected override render() {
    const {language} = this;
    const {replay, run, synthetic, fault, at} = this.state;
    if (!replay && run === null) return nothing;
    const notes = [
      at === null ? '' : `${translate(language, 'modePast')} ${clockOf(at)}`,
      synthetic ? translate(language, 'synthetic') : '',
    ];
    return html`
      <yp-panel
        .language=${language}
        ?folded=${this.folded}
        heading=${translate(language, 'heat')}
        note=${notes.filter((note) => note !== '').join(' · ')}
      >
        ${replay ? this.evening(replay) : nothing}
        ${fault ? html`<p class="fault">${translate(language, 'heatFault', {detail: fault})}</p>` : nothing}
        ${this.people()}
      </yp-panel>
    `;
  }

  /** What is played, and its buttons. */
  private evening(replay: Replay) {
    const {language} = this;
    const {title, state} = replay;
    const speed = state === 'paused' ? 0 : replay.speed;
    const playing = state !== 'idle' && state !== 'done';
    return html`
      <section class="evening" data-state=${state}>
        <header>
          <h3>${title[language]}</h3>
          ${this.state.run === null ? nothing : this.toggle()}
        </header>
        <div class="buttons">
          <button class="play" @click=${() => this.tell(playing ? 'stop' : 'play')}>
            ${translate(language, playing ? 'heatStop' : state === 'done' ? 'heatAgain' : 'heatStart')}
          </button>
          ${
            state === 'done'
              ? html`<button class="clear" @click=${() => this.tell('stop')}>${translate(language, 'close')}</button>`
              : nothing
          }
          ${playing && this.state.stored ? this.speed(0, speed) : nothing}
          ${playing ? speeds.map((one) => this.speed(one, speed)) : nothing}
        </div>
      </section>
    `;
  }

  private speed(speed: number, current: number | null) {
    const {language} = this;
    return html`<button data-speed=${speed} aria-pressed=${current === speed} @click=${() => this.tell('speed', speed)}>
      ${speed === 0 ? translate(language, 'heatHold') : translate(language, 'heatSpeed', {n: speed})}
    </button>`;
  }

  private toggle() {
    return html`<button
      class="switch"
      role="switch"
      aria-checked=${this.shows}
      @click=${() => this.tell('toggle-layer', heatLayer)}
    >
      ${translate(this.language, this.shows ? 'hide' : 'show')}
    </button>`;
  }

  private people() {
    const {places, replay, run} = this.state;
    const evening = run === '' ? null : replay;
    const focus = focusOf(places, this.state.focus, evening);
    if (!places || !focus) return nothing;
    const others = places.features.filter(({id}) => id !== focus.id);
    return html`
      <yp-place-card
        .language=${this.language}
        .state=${this.state}
        .place=${focus}
        .alarms=${this.alarms}
      ></yp-place-card>
      ${others.length > 0 ? html`<ul>${others.map((place) => html`<li>${this.place(place)}</li>`)}</ul>` : nothing}
    `;
  }

  private place(place: PlaceFeature) {
    const {language} = this;
    const {properties} = place;
    const {density, level} = properties;
    const foreseen = foreseenOf(properties, [], 0, language);
    return html`<button
      class="place"
      data-place=${place.id}
      data-level=${level}
      title=${translate(language, 'turnTo')}
      @click=${() => this.tell('turn-to-place', place.id)}
    >
      <span class="name">${nameOf(properties, language)}</span>
      <span>${peopleOf(properties)}</span>
      <span>${formatDecimal(density, 2)}/m²</span>
      <span>${alarmLamp(place.id, this.alarms, language)}${levelBadge(level, language)}</span>
      ${foreseen ? html`<span class="foreseen">${foreseen}</span>` : nothing}
    </button>`;
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, {detail, bubbles: true, composed: true}));
  }
}
