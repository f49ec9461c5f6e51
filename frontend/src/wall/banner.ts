// The top of the wall: place, title, clock and the cut of the data.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property, state} from 'lit/decorators.js';
import {formatClock, formatDay, formatMoment, formatWeekday} from '../format';
import {type Language, translate, translateMark} from '../i18n';
import type {RegionName, RegionsAt} from '../map/picking';
import {base} from '../ui/base';

@customElement('yp-banner')
export class Banner extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  /** The name of the city, or empty. */
  @property() city = '';
  @property({attribute: false}) regions: RegionsAt = {district: null, street: null};
  @property() mark = '';
  /** The moment that all figures are of, in RFC 3339, or empty. */
  @property() cut = '';
  @state() private now = new Date();

  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      this.now = new Date();
    }, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  static override styles = [
    base,
    css`
      :host {
        position: relative;
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr);
        align-items: center;
        padding: 0 calc(20 * var(--u));
        background: linear-gradient(180deg, rgb(10 26 48 / 96%), rgb(8 19 36 / 82%));
        border-bottom: 1px solid var(--line);
      }
      .title {
        position: relative;
        align-self: stretch;
        display: grid;
        place-content: center;
        text-align: center;
        padding: 0 calc(40 * var(--u));
        white-space: nowrap;
      }
      .title::after {
        content: '';
        position: absolute;
        inset: auto 0 -1px;
        height: calc(2 * var(--u));
        background: linear-gradient(90deg, transparent, var(--accent) 30%, var(--accent) 70%, transparent);
      }
      h1 {
        margin: 0;
        font-size: calc(31 * var(--u));
        line-height: 1.1;
        font-weight: 600;
        letter-spacing: 0.3em;
        margin-right: -0.3em;
        color: #f2fbff;
      }
      h1:lang(en) {
        font-size: calc(25 * var(--u));
        letter-spacing: 0.06em;
      }
      .subtitle {
        font-size: calc(14 * var(--u));
        color: var(--text-faint);
        letter-spacing: 0.2em;
        margin-top: calc(3 * var(--u));
      }
      .crumbs {
        display: flex;
        align-items: center;
        gap: calc(8 * var(--u));
        min-width: 0;
        font-size: calc(18 * var(--u));
        white-space: nowrap;
      }
      .crumbs button:hover {
        color: var(--accent);
      }
      .crumbs li {
        display: flex;
        gap: calc(8 * var(--u));
        overflow: hidden;
      }
      .crumbs li + li::before {
        content: '/';
        color: var(--text-faint);
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      .right {
        display: flex;
        justify-content: flex-end;
        align-items: center;
        gap: calc(18 * var(--u));
        white-space: nowrap;
      }
      .clock {
        font-size: calc(27 * var(--u));
        font-weight: 600;
        letter-spacing: 0.03em;
      }
      .stack {
        display: grid;
        font-size: calc(14 * var(--u));
        line-height: 1.35;
        color: var(--text-plain);
      }
      .mark {
        border: 1px solid var(--line-strong);
        color: var(--accent);
        padding: calc(2 * var(--u)) calc(9 * var(--u));
        font-size: calc(14 * var(--u));
        letter-spacing: 0.06em;
      }
      .language {
        border: 1px solid var(--line);
        padding: calc(4 * var(--u)) calc(10 * var(--u));
        font-size: calc(14 * var(--u));
      }
      .language:hover {
        border-color: var(--line-strong);
      }
      @media (max-width: 1440px) {
        .day {
          display: none;
        }
      }
      @media (max-width: 760px) {
        :host {
          grid-template-columns: 1fr auto;
          padding: 0 12px;
        }
        .title,
        .clock,
        .mark,
        .cut,
        .day {
          display: none;
        }
        .right {
          gap: 8px;
        }
        .crumbs {
          font-size: 15px;
        }
      }
    `,
  ];

  protected override render() {
    const {language} = this;
    const {district, street} = this.regions;
    return html`
      <nav aria-label=${translate(language, 'place')}>
        <ol class="crumbs">
          <li><button data-level="city" @click=${() => this.go('city')}>${this.city || translate(language, 'city')}</button></li>
          ${this.crumb('district', district)} ${this.crumb('street', street)}
        </ol>
      </nav>
      <div class="title">
        <h1 lang=${language === 'en' ? 'en' : 'zh-CN'}>${translate(language, 'title')}</h1>
        <div class="subtitle">${translate(language, 'subtitle')} · Yiping</div>
      </div>
      <div class="right">
        ${this.mark ? html`<span class="mark">${translateMark(this.mark, language)}</span>` : nothing}
        <span class="stack cut">
          <span>${translate(language, this.cut ? 'cut' : 'cutUnknown')}</span>
          <time datetime=${this.cut}>${this.cut ? formatMoment(this.cut) : ''}</time>
        </span>
        <span class="stack day">
          <span>${formatDay(this.now)}</span>
          <span>${formatWeekday(this.now, language)}</span>
        </span>
        <time class="clock">${formatClock(this.now)}</time>
        <button class="language" @click=${this.switchLanguage}>${translate(language, 'otherLanguage')}</button>
      </div>
    `;
  }

  private crumb(level: 'district' | 'street', region: RegionName | null) {
    if (!region?.name) return nothing;
    const name = this.language === 'en' && region.nameEnglish ? region.nameEnglish : region.name;
    return html`<li><button data-level=${level} @click=${() => this.go(level, region.id)}>${name}</button></li>`;
  }

  private go(level: string, id?: number): void {
    this.dispatchEvent(new CustomEvent('region', {detail: {level, id}, bubbles: true, composed: true}));
  }

  private switchLanguage(): void {
    this.dispatchEvent(new CustomEvent('language', {bubbles: true, composed: true}));
  }
}
