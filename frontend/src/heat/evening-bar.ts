// The bar under the map: what time the picture is of, the curve of a place, and the way through time.

import {html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {formatDecimal, formatInteger} from '../format';
import {type Language, translate} from '../i18n';
import {heatLevels} from '../map/palette';
import {icon} from '../ui/icon';
import '../ui/panel';
import type {Alarm} from './alarm-api';
import {clockOf, dayOf} from './clock';
import './curve';
import {lines} from './curve-plot';
import {eveningBarStyles} from './evening-styles';
import {focusOf, type HeatSnapshot, nothingYet, spanOf} from './heat-snapshot';
import {levelWords, thresholdsOf} from './levels';
import {nameOf} from './place-words';
import './time-slider';
import type {Tick} from './time-slider';
import {paces} from './timeline';

const playIcon = 'M7 4l13 8-13 8z';
const pauseIcon = 'M8 4v16M16 4v16';

@customElement('yp-evening')
export class EveningBar extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) state: HeatSnapshot = nothingYet;
  @property({attribute: false}) alarms: readonly Alarm[] = [];
  /** Whether the bar starts folded. */
  @property({type: Boolean}) folded = false;

  static override styles = eveningBarStyles;

  protected override render() {
    const {language, state, folded} = this;
    const {now, at, synthetic} = state;
    const span = spanOf(state);
    if (now === null || !span) return nothing;
    const past = at !== null;
    const note = `${translate(language, this.#mode)} ${clockOf(at ?? now)}`;
    return html`<yp-panel
      .language=${language}
      ?folded=${folded}
      heading=${translate(language, 'evening')}
      note=${synthetic ? `${note} · ${translate(language, 'synthetic')}` : note}
    >
      <div class="bar" data-mode=${past ? 'past' : 'live'}>
        <div class="time">
          <span class="mode">${translate(language, this.#mode)}</span>
          <time datetime=${new Date(at ?? now).toISOString()}>${clockOf(at ?? now)}</time>
          <span>${dayOf(at ?? now)}</span>
          ${this.buttons()}
        </div>
        ${this.overTime(span)}
      </div>
    </yp-panel>`;
  }

  /** Whether the picture is of a stored minute, of an evening that is played, or of now. */
  get #mode(): 'modePast' | 'modeReplay' | 'live' {
    const {at, run} = this.state;
    return at === null ? (run === '' ? 'live' : 'modeReplay') : 'modePast';
  }

  private buttons() {
    const {language} = this;
    const {stored, at, rolling, pace} = this.state;
    if (!stored) return nothing;
    const roll = translate(language, rolling ? 'holdPast' : 'rollPast');
    return html`<div class="buttons">
      <button class="roll" title=${roll} aria-label=${roll} @click=${() => this.tell('roll')}>
        ${icon(rolling ? pauseIcon : playIcon)}
      </button>
      ${paces.map(
        (one) => html`<button
          data-pace=${one.times}
          aria-pressed=${one === pace}
          title=${translate(language, 'pacePast')}
          @click=${() => this.tell('pace', one)}
        >
          ${one.times}×
        </button>`,
      )}
      <button class="live" ?disabled=${at === null} @click=${() => this.tell('seek', null)}>
        ${translate(language, 'backToLive')}
      </button>
    </div>`;
  }

  private overTime({begin, end}: {begin: number; end: number}) {
    const {language, state} = this;
    const {places, replay, run, curve, at, now, stored} = state;
    const place = focusOf(places, state.focus, run === '' ? null : replay);
    const ofCore = run !== '' && place !== null && place.id === replay?.core;
    return html`<div class="over-time">
      <div class="caption">
        ${place ? html`<b>${nameOf(place.properties, language)}</b>` : nothing} ${this.keys()} ${this.score()}
      </div>
      ${
        place && curve.actual.length > 1
          ? html`<yp-curve
            .language=${language}
            .curve=${curve}
            .thresholds=${thresholdsOf(place.properties)}
            .facts=${ofCore ? replay.facts : []}
            .begin=${begin}
            .end=${end}
            .moment=${at ?? now ?? 0}
          ></yp-curve>`
          : html`<span class="waiting">${translate(language, 'curveWaiting')}</span>`
      }
      <yp-time-slider
        .language=${language}
        .begin=${begin}
        .end=${end}
        .stored=${stored}
        .at=${at}
        .now=${now ?? 0}
        .ticks=${this.alarms.map((alarm) => this.tick(alarm))}
      ></yp-time-slider>
    </div>`;
  }

  /** The legend of the lines that are drawn. */
  private keys() {
    const {language} = this;
    const {foreseen, forecast} = this.state.curve;
    const ahead = (forecast?.points.length ?? 0) > 0;
    const key = (name: string, colour: string, look = '', stroke = 'solid') =>
      html`<span class="key ${look}" style="--colour:${colour};--stroke:${stroke}">${name}</span>`;
    return html`
      ${key(translate(language, 'curveActual'), lines.actual)}
      ${
        ahead
          ? html`${key(translate(language, 'curveAhead'), lines.ahead, '', 'dashed')} ${key('80%', lines.band80, 'area')}
            ${key('95%', lines.band95, 'area')}`
          : nothing
      }
      ${foreseen.length > 0 ? key(translate(language, 'curveForeseen'), lines.foreseen) : nothing}
    `;
  }

  /** How well it was called so far. */
  private score() {
    const {language} = this;
    const score = this.state.curve.forecast?.score;
    if (!score || score.n === 0) return nothing;
    return html`<span class="score" title=${translate(language, 'scoreHint', {n: formatInteger(score.n)})}>
      ${translate(language, 'score', {
        mase: formatDecimal(score.mase, 2),
        coverage: formatInteger(score.coverage80 * 100),
      })}
    </span>`;
  }

  private tick({highest, begun, name, name_en}: Alarm): Tick {
    const {language} = this;
    const title = `${clockOf(begun)} ${nameOf({name, name_en}, language)} ${translate(language, levelWords[highest])}`;
    return {t: Date.parse(begun), colour: heatLevels[highest], title};
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, {detail, bubbles: true, composed: true}));
  }
}
