// The file of the picked feature: all its fields, its regions and where the data comes from.

import {html, LitElement, nothing} from 'lit';
import {customElement, property, state} from 'lit/decorators.js';
import type {Collection, ComponentClass, Item} from '../api';
import {type Language, translate} from '../i18n';
import {base} from '../ui/base';
import {icon} from '../ui/icon';
import {cardStyles} from './card-styles';
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

  static override styles = [base, cardStyles];

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
