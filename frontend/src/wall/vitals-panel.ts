// The left column: the headline figures, each with its source and time, each opening its layer.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import type {Catalog} from '../api';
import {formatAge, formatMoment} from '../format';
import {type Language, translate} from '../i18n';
import {base} from '../ui/base';
import {icon} from '../ui/icon';
import '../ui/panel';
import {type Vital, vitalsOf} from './vitals';

@customElement('yp-vitals')
export class VitalsPanel extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) catalog: Catalog | null = null;
  @property({attribute: false}) hiddenLayers: ReadonlySet<string> = new Set();
  /** Whether the panel starts folded. */
  @property({type: Boolean}) folded = false;

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        min-height: 0;
      }
      yp-panel {
        flex: 1;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: calc(6 * var(--u)) 0;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(calc(300 * var(--u)), 1fr));
      }
      li + li {
        border-top: 1px solid rgb(94 196 224 / 9%);
      }
      button {
        display: grid;
        grid-template-columns: calc(34 * var(--u)) auto minmax(0, 1fr);
        column-gap: calc(12 * var(--u));
        align-items: center;
        width: 100%;
        padding: calc(5.5 * var(--u)) calc(16 * var(--u));
      }
      button:hover:not(:disabled) {
        background: rgb(70 211 234 / 7%);
      }
      button:disabled {
        cursor: default;
        opacity: 0.6;
      }
      .icon {
        width: calc(30 * var(--u));
        fill: none;
        stroke: var(--accent);
        stroke-width: 1.3;
        stroke-linejoin: round;
        stroke-linecap: round;
        opacity: 0.85;
      }
      [aria-pressed='false'] .icon {
        stroke: var(--text-faint);
      }
      .main {
        white-space: nowrap;
      }
      .name {
        font-size: calc(15 * var(--u));
        color: var(--text-plain);
        line-height: 1.3;
      }
      .figure {
        font-weight: 600;
        font-size: calc(34 * var(--u));
        line-height: 1.15;
        color: #eefaff;
      }
      .unit {
        font-weight: 400;
        font-size: calc(14 * var(--u));
        color: var(--text-plain);
        margin-left: calc(5 * var(--u));
      }
      .missing {
        font-weight: 400;
        font-size: calc(20 * var(--u));
        color: var(--text-faint);
      }
      .side {
        text-align: right;
        align-self: end;
        font-size: calc(14 * var(--u));
        color: var(--text-plain);
        line-height: 1.4;
      }
      .meta {
        color: var(--text-faint);
        display: block;
      }
      .age {
        display: inline-block;
        white-space: nowrap;
      }
      .badge {
        border: 1px solid var(--line);
        padding: 0 calc(4 * var(--u));
        margin-right: calc(5 * var(--u));
        color: #9cc7d8;
      }
    `,
  ];

  protected override render() {
    const {language, catalog} = this;
    if (!catalog) return html`<yp-panel .language=${language} heading=${translate(language, 'vitals')}></yp-panel>`;
    return html`
      <yp-panel .language=${language} ?folded=${this.folded} heading=${translate(language, 'vitals')}>
        <ul>
          ${vitalsOf(catalog, language).map((vital) => html`<li>${this.row(vital)}</li>`)}
        </ul>
      </yp-panel>
    `;
  }

  private row(vital: Vital) {
    const {language} = this;
    const {figure} = vital;
    const meta = figure && vital.asOf ? formatAge(vital.asOf, new Date(), language) : '';
    const title = figure
      ? `${translate(language, 'source')}: ${vital.sources}\n${translate(language, 'cut')} ${formatMoment(vital.asOf)}`
      : translate(language, 'missing');
    return html`
      <button
        data-layer=${vital.layer}
        ?disabled=${!figure}
        aria-pressed=${!this.hiddenLayers.has(vital.layer)}
        title=${title}
        @click=${() => this.open(vital.layer)}
      >
        ${icon(vital.icon)}
        <span class="main">
          <span class="name">${vital.title}</span><br />
          ${
            figure
              ? html`<span class="figure">${figure.value}</span><span class="unit">${figure.unit}</span>`
              : html`<span class="missing">${translate(language, 'missing')}</span>`
          }
        </span>
        ${
          figure
            ? html`<span class="side">
              ${vital.detail}
              <span class="meta">
                ${vital.synthetic ? html`<span class="badge">${translate(language, 'synthetic')}</span>` : nothing}<span class="age">${meta}</span>
              </span>
            </span>`
            : nothing
        }
      </button>
    `;
  }

  private open(layer: string): void {
    this.dispatchEvent(new CustomEvent('open-layer', {detail: layer, bubbles: true, composed: true}));
  }
}
