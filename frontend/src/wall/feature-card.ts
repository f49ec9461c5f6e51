// The file of the picked feature: all its fields, its regions and where the data comes from.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property, state} from 'lit/decorators.js';
import type {Collection, ComponentClass, Item} from '../api';
import {type Language, translate} from '../i18n';
import {base} from '../ui/base';
import {icon} from '../ui/icon';
import {type Field, featureFile} from './feature-fields';

@customElement('yp-card')
export class FeatureCard extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) collection: Collection | null = null;
  @property({attribute: false}) classes: ReadonlyMap<string, ComponentClass> = new Map();
  /** Null while it is on its way. */
  @property({attribute: false}) item: Item | null = null;
  /** Why there is no item, or empty. */
  @property() fault = '';
  /** Which of the features under the pointer this is, from 0, and how many there are. */
  @property({type: Number}) index = 0;
  @property({type: Number}) total = 1;
  @state() private lineage = true;

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        background: var(--panel-solid);
        border: 1px solid var(--line-strong);
        box-shadow: 0 0 calc(24 * var(--u)) rgb(2 8 18 / 60%);
      }
      header {
        flex: none;
        padding: calc(12 * var(--u)) calc(16 * var(--u)) calc(10 * var(--u));
        border-bottom: 1px solid var(--line);
        background: linear-gradient(90deg, rgb(70 211 234 / 18%), transparent 75%);
      }
      .kind {
        display: flex;
        align-items: center;
        gap: calc(8 * var(--u));
        font-size: calc(14 * var(--u));
        color: var(--text-plain);
      }
      .badge {
        border: 1px solid var(--line-strong);
        color: var(--accent);
        padding: 0 calc(6 * var(--u));
        font-size: calc(14 * var(--u));
      }
      h2 {
        margin: calc(2 * var(--u)) 0 0;
        font-size: calc(22 * var(--u));
        line-height: 1.3;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .close {
        margin-left: auto;
        width: calc(26 * var(--u));
        height: calc(26 * var(--u));
        display: grid;
        place-content: center;
      }
      .icon {
        width: calc(18 * var(--u));
        height: calc(18 * var(--u));
        fill: none;
        stroke: currentColor;
        stroke-width: 1.6;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      .verbs {
        display: flex;
        gap: calc(8 * var(--u));
        margin-top: calc(9 * var(--u));
        align-items: center;
        font-size: calc(14 * var(--u));
      }
      .verbs button {
        display: flex;
        align-items: center;
        gap: calc(5 * var(--u));
        padding: calc(4 * var(--u)) calc(9 * var(--u));
        border: 1px solid var(--line);
        white-space: nowrap;
      }
      .verbs button:hover,
      .verbs button[aria-pressed='true'] {
        border-color: var(--line-strong);
        color: var(--accent);
      }
      .here {
        margin-left: auto;
        color: var(--text-faint);
        font-size: calc(14 * var(--u));
        white-space: nowrap;
      }
      .step {
        padding: calc(4 * var(--u)) calc(6 * var(--u)) !important;
      }
      .body {
        flex: 1;
        min-height: 0;
        padding: calc(4 * var(--u)) calc(16 * var(--u)) calc(12 * var(--u));
      }
      h3 {
        margin: calc(10 * var(--u)) 0 calc(3 * var(--u));
        font-size: calc(14 * var(--u));
        font-weight: 400;
        letter-spacing: 0.16em;
        color: var(--accent);
      }
      dl {
        margin: 0;
        display: grid;
        grid-template-columns: minmax(calc(92 * var(--u)), auto) 1fr;
      }
      dt,
      dd {
        margin: 0;
        padding: calc(3.5 * var(--u)) 0;
        border-bottom: 1px solid rgb(94 196 224 / 8%);
        font-size: calc(14.5 * var(--u));
        line-height: 1.4;
      }
      dt {
        color: var(--text-faint);
        padding-right: calc(12 * var(--u));
      }
      dd {
        overflow-wrap: anywhere;
      }
      .none {
        color: var(--text-faint);
      }
      .unit {
        color: var(--text-plain);
        margin-left: calc(4 * var(--u));
        font-size: calc(14 * var(--u));
      }
      .fault {
        color: var(--fault);
      }
    `,
  ];

  protected override render() {
    const {language, item, collection, classes} = this;
    const file = item && collection ? featureFile({item, collection, classes, language}) : null;
    const kind = file?.subtitle ?? collection?.titles[language] ?? '';
    return html`
      <header>
        <div class="kind">
          <span>${kind}</span>
          ${file?.synthetic ? html`<span class="badge">${translate(language, 'synthetic')}</span>` : nothing}
          <button class="close" aria-label=${translate(language, 'close')} title="${translate(language, 'close')} (Esc)" @click=${() => this.emit('close-card')}>
            ${icon('M6 6l12 12M18 6L6 18')}
          </button>
        </div>
        <h2>${file?.title ?? (this.fault ? translate(language, 'faultItem') : `${translate(language, 'loading')}…`)}</h2>
        <div class="verbs">
          <button title=${translate(language, 'magnifierHint')} ?disabled=${!item} @click=${() => this.emit('fly-to-item')}>
            ${icon('M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20')}${translate(language, 'magnifier')}
          </button>
          <button
            title=${translate(language, 'endoscopeHint')}
            aria-pressed=${this.lineage}
            @click=${() => {
              this.lineage = !this.lineage;
            }}
          >
            ${icon('M6 4v9a5 5 0 0 0 10 0V9M16 9a2 2 0 1 0-.01 0M4 4h4')}${translate(language, 'endoscope')}
          </button>
          ${
            this.total > 1
              ? html`<span class="here">${translate(language, 'here', {n: this.index + 1, total: this.total})}</span>
                <button class="step" aria-label=${translate(language, 'previous')} @click=${() => this.emit('step', -1)}>‹</button>
                <button class="step" aria-label=${translate(language, 'next')} @click=${() => this.emit('step', 1)}>›</button>`
              : nothing
          }
        </div>
      </header>
      <div class="body scroll" tabindex="0">
        ${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : nothing}
        ${
          file
            ? html`
              ${this.section('attributes', file.attributes)} ${this.section('place', file.regions)}
              ${this.lineage ? this.section('lineage', file.lineage) : nothing}
            `
            : nothing
        }
      </div>
    `;
  }

  private section(title: 'attributes' | 'place' | 'lineage', fields: readonly Field[]) {
    if (fields.length === 0) return nothing;
    return html`
      <h3>${translate(this.language, title)}</h3>
      <dl>
        ${fields.map(
          ({key, label, value, unit}) => html`
            <dt>${label}</dt>
            <dd data-field=${key}>
              ${value === '' ? html`<span class="none">—</span>` : value}${unit ? html`<span class="unit">${unit}</span>` : nothing}
            </dd>
          `,
        )}
      </dl>
    `;
  }

  private emit(name: string, detail?: number): void {
    this.dispatchEvent(new CustomEvent(name, {detail, bubbles: true, composed: true}));
  }
}
