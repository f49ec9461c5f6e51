// The panel of the heat: the evening that is played, how its core stands, and the other places.

import {html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {formatDecimal, formatInteger, formatSpan} from '../format';
import {type Language, translate} from '../i18n';
import {heatLevels} from '../map/palette';
import {heatLayer} from '../map/style/heat';
import '../ui/panel';
import {type Level, type PlaceFeature, type Replay, shanghai} from './api';
import './curve';
import {type HeatSnapshot, nothingYet} from './heat-state';
import {levelWords} from './levels';
import {heatPanelStyles} from './panel-styles';

/** How many times as fast as it was an evening can be played. */
const speeds = [1, 60, 200, 600];
const secondsPerMinute = 60;

@customElement('yp-heat')
export class HeatPanel extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) state: HeatSnapshot = nothingYet;
  /** Whether the heat is switched on in the picture. */
  @property({type: Boolean}) shows = true;
  /** Whether the panel starts folded. */
  @property({type: Boolean}) folded = false;

  static override styles = heatPanelStyles;

  protected override render() {
    const {language} = this;
    const {replay, shown, synthetic, fault} = this.state;
    if (!replay && !shown) return nothing;
    return html`
      <yp-panel
        .language=${language}
        ?folded=${this.folded}
        heading=${translate(language, 'heat')}
        note=${synthetic ? translate(language, 'synthetic') : ''}
      >
        ${replay ? this.evening(replay) : nothing}
        ${fault ? html`<p class="fault">${translate(language, 'heatFault', {detail: fault})}</p>` : nothing}
        ${this.state.places?.features.length ? this.people(replay) : nothing}
      </yp-panel>
    `;
  }

  /** What is played, its clock and its buttons. */
  private evening(replay: Replay) {
    const {language} = this;
    const {title, time, state} = replay;
    const playing = state === 'playing';
    return html`
      <section class="evening" data-state=${state}>
        <h3>${title[language]}</h3>
        ${
          time
            ? html`<p class="clock">
              <time datetime=${time}>${clockOf(time)}</time>
              <span>${dayOf(time)} · ${translate(language, playing ? 'heatPlaying' : 'heatDone')}</span>
            </p>`
            : nothing
        }
        <div class="buttons">
          <button class="play" @click=${() => this.tell(playing ? 'stop' : 'play')}>
            ${translate(language, playing ? 'heatStop' : state === 'done' ? 'heatAgain' : 'heatStart')}
          </button>
          ${
            state === 'done'
              ? html`<button class="clear" @click=${() => this.tell('stop')}>${translate(language, 'close')}</button>`
              : nothing
          }
          ${
            playing
              ? speeds.map(
                  (speed) => html`<button
                    data-speed=${speed}
                    aria-pressed=${replay.speed === speed}
                    @click=${() => this.tell('speed', speed)}
                  >
                    ${translate(language, 'heatSpeed', {n: speed})}
                  </button>`,
                )
              : nothing
          }
          ${
            this.state.shown
              ? html`<button
                class="switch"
                role="switch"
                aria-checked=${this.shows}
                @click=${() => this.tell('toggle-layer', heatLayer)}
              >
                ${translate(language, this.shows ? 'hide' : 'show')}
              </button>`
              : nothing
          }
        </div>
      </section>
    `;
  }

  private people(replay: Replay | null) {
    const all = this.state.places?.features ?? [];
    const core = all.find(({id}) => id === replay?.core);
    return html`
      ${core ? this.core(core) : nothing}
      ${
        replay && this.state.curve.length > 1
          ? html`<yp-curve
            .language=${this.language}
            .minutes=${this.state.curve}
            begin=${replay.begin}
            end=${replay.end}
          ></yp-curve>`
          : nothing
      }
      <ul>
        ${all.filter((place) => place !== core).map((place) => html`<li>${this.place(place)}</li>`)}
      </ul>
    `;
  }

  private core(place: PlaceFeature) {
    const {language} = this;
    const {devices, visits, density, in_per_s, out_per_s, level} = place.properties;
    const fact = (key: string, name: string, value: string) =>
      html`<div><dt>${name}</dt><dd data-field=${key}>${value}</dd></div>`;
    return html`
      <section class="core" data-place=${place.id} data-level=${level}>
        <button class="name" title=${translate(language, 'magnifierHint')} @click=${() => this.fly(place)}>
          ${this.name(place)} ${this.badge(level)}
        </button>
        <p class="figure">
          <strong data-field="devices" data-value=${devices}>${formatInteger(devices)}</strong>
          ${translate(language, 'heatHere')}
        </p>
        <dl>
          ${fact('visits', translate(language, 'heatVisits'), formatInteger(visits))}
          ${fact(
            'density',
            translate(language, 'heatDensity'),
            `${formatDecimal(density, 2)} ${translate(language, 'heatPerSquareMetre')}`,
          )}
          ${fact(
            'flow',
            translate(language, 'heatFlow'),
            `${formatInteger(in_per_s * secondsPerMinute)} / ${formatInteger(out_per_s * secondsPerMinute)}`,
          )}
        </dl>
        <p class="foreseen">${this.foreseen(place) || translate(language, 'heatNothingForeseen')}</p>
      </section>
    `;
  }

  private place(place: PlaceFeature) {
    const {devices, density, level} = place.properties;
    return html`<button
      class="place"
      data-place=${place.id}
      data-level=${level}
      title=${translate(this.language, 'magnifierHint')}
      @click=${() => this.fly(place)}
    >
      <span class="name">${this.name(place)}</span>
      <span>${formatInteger(devices)}</span>
      <span>${formatDecimal(density, 2)}/m²</span>
      ${this.badge(level)}
      ${this.foreseen(place) ? html`<span class="foreseen">${this.foreseen(place)}</span>` : nothing}
    </button>`;
  }

  private name({properties: {name, name_en}}: PlaceFeature): string {
    return this.language === 'zh' ? name : name_en || name;
  }

  /** The level as a word and a colour. */
  private badge(level: Level) {
    return html`<span class="level" style="--level:${heatLevels[level]}">${this.word(level)}</span>`;
  }

  /** The level that is foreseen, or empty. */
  private foreseen({properties: {next, next_after_s: after}}: PlaceFeature): string {
    if (after === null) return '';
    const {language} = this;
    return translate(language, 'heatForeseen', {n: formatSpan(after * 1000, language), level: this.word(next)});
  }

  private word(level: Level): string {
    return translate(this.language, levelWords[level]);
  }

  private fly({geometry}: PlaceFeature): void {
    this.tell('fly-to-place', geometry);
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, {detail, bubbles: true, composed: true}));
  }
}

/** 23:50, by the city's clock. */
function clockOf(time: string): string {
  return new Date(time).toLocaleTimeString('en-GB', {timeZone: shanghai, hour: '2-digit', minute: '2-digit'});
}

/** 2019-12-31, by the city's clock. */
function dayOf(time: string): string {
  return new Date(time).toLocaleDateString('sv-SE', {timeZone: shanghai});
}
