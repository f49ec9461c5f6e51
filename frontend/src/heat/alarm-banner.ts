// A new alarm across the top of the map, until it is dismissed or somebody has seen to it.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {formatDecimal} from '../format';
import {type Language, translate} from '../i18n';
import {heatLevels} from '../map/palette';
import {base} from '../ui/base';
import type {Alarm} from './alarm-api';
import {gravest} from './alarms';
import {clockOf} from './clock';
import {levelWords} from './levels';
import {nameOf} from './place-words';

@customElement('yp-alarm-banner')
export class AlarmBanner extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) alarm: Alarm | null = null;

  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .band {
        display: flex;
        align-items: center;
        gap: calc(14 * var(--u));
        padding: calc(8 * var(--u)) calc(16 * var(--u));
        background: rgb(20 14 28 / 96%);
        border: calc(2 * var(--u)) solid var(--level);
        font-size: calc(18 * var(--u));
      }
      .band[data-predicted='true'] {
        border-style: dashed;
      }
      .level {
        padding: calc(1 * var(--u)) calc(10 * var(--u));
        background: var(--level);
        color: #06101e;
        font-weight: 600;
        animation: lamp 1.4s steps(1) infinite;
      }
      @keyframes lamp {
        50% {
          opacity: 0.45;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .level {
          animation: none;
        }
      }
      .name {
        flex: 1;
        font-weight: 600;
      }
      .detail {
        color: var(--text-plain);
        font-size: calc(15 * var(--u));
      }
      button {
        padding: calc(1 * var(--u)) calc(10 * var(--u));
        border: 1px solid var(--line-strong);
        font-size: calc(15 * var(--u));
        white-space: nowrap;
      }
    `,
  ];

  protected override render() {
    return html`<div role="alert">${this.alarm ? this.band(this.alarm) : nothing}</div>`;
  }

  private band(alarm: Alarm) {
    const {language} = this;
    const {id, foreseen_for, begun, peak_density, place, synthetic} = alarm;
    const {level, predicted} = gravest(alarm);
    const details = [
      clockOf(begun),
      predicted && foreseen_for ? translate(language, 'expectedAt', {t: clockOf(foreseen_for)}) : '',
      predicted ? '' : `${formatDecimal(peak_density, 2)} ${translate(language, 'heatPerSquareMetre')}`,
      synthetic ? translate(language, 'synthetic') : '',
    ];
    return html`<div class="band" data-alarm=${id} data-predicted=${predicted} style="--level:${heatLevels[level]}">
      <span class="level"
        >${predicted ? `${translate(language, 'predicted')} ` : ''}${translate(language, levelWords[level])}</span
      >
      <span class="name">${nameOf(alarm, language)}</span>
      <span class="detail">${details.filter((one) => one !== '').join(' · ')}</span>
      <button class="see" @click=${() => this.tell('see-place', place)}>${translate(language, 'seePlace')}</button>
      <button class="dismiss" @click=${() => this.tell('dismiss', id)}>${translate(language, 'close')}</button>
    </div>`;
  }

  private tell(name: string, detail: string): void {
    this.dispatchEvent(new CustomEvent(name, {detail, bubbles: true, composed: true}));
  }
}
