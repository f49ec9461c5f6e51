// The list of layers: a switch each, with its sample, its features in the city and in the view,
// its freshness and its first zoom.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import type {Catalog, Collection} from '../api';
import {formatAge, formatCompact, formatInteger, formatMoment} from '../format';
import {type Language, translate} from '../i18n';
import type {Coverage} from '../map/coverage';
import {base} from '../ui/base';
import '../ui/panel';
import {swatch} from '../ui/swatch';
import {groupLayers, swatchOf} from './layer-groups';

@customElement('yp-layers')
export class LayerPanel extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) catalog: Catalog | null = null;
  @property({attribute: false}) hiddenLayers: ReadonlySet<string> = new Set();
  /** What stands behind the picture, by layer; nothing of layers that it does not know yet. */
  @property({attribute: false}) coverage: ReadonlyMap<string, Coverage> = new Map();
  @property({type: Number}) zoom = 0;
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
      section {
        padding: calc(6 * var(--u)) 0 calc(3 * var(--u));
      }
      section + section {
        border-top: 1px solid rgb(94 196 224 / 9%);
      }
      h3 {
        margin: 0;
        padding: 0 calc(16 * var(--u));
        font-size: calc(14 * var(--u));
        font-weight: 400;
        color: var(--text-faint);
        letter-spacing: 0.16em;
      }
      button {
        display: grid;
        grid-template-columns: calc(26 * var(--u)) 1fr auto calc(32 * var(--u));
        column-gap: calc(10 * var(--u));
        align-items: center;
        width: 100%;
        padding: calc(3 * var(--u)) calc(16 * var(--u));
      }
      button:hover {
        background: rgb(70 211 234 / 7%);
      }
      .swatch {
        width: calc(24 * var(--u));
        height: calc(14 * var(--u));
      }
      .name {
        font-size: calc(15 * var(--u));
        line-height: 1.3;
      }
      .hint {
        font-size: calc(14 * var(--u));
        line-height: 1.25;
        color: var(--text-faint);
        display: block;
      }
      .cut {
        color: var(--text-plain);
      }
      .age {
        display: block;
        font-size: calc(13 * var(--u));
        color: var(--text-faint);
      }
      .count {
        text-align: right;
        font-size: calc(14.5 * var(--u));
        line-height: 1.25;
        color: var(--text-plain);
      }
      .switch {
        width: calc(30 * var(--u));
        height: calc(16 * var(--u));
        border: 1px solid var(--text-faint);
        border-radius: calc(8 * var(--u));
        position: relative;
      }
      .switch::after {
        content: '';
        position: absolute;
        top: 50%;
        left: calc(2 * var(--u));
        width: calc(10 * var(--u));
        height: calc(10 * var(--u));
        border-radius: 50%;
        background: var(--text-faint);
        transform: translateY(-50%);
        transition: left 0.15s;
      }
      [aria-checked='true'] .switch {
        border-color: var(--accent);
        background: rgb(70 211 234 / 22%);
      }
      [aria-checked='true'] .switch::after {
        left: calc(100% - 12 * var(--u));
        background: var(--accent);
      }
      [aria-checked='false'] .name,
      [aria-checked='false'] .count {
        color: var(--text-faint);
      }
      .far .swatch {
        opacity: 0.45;
      }
    `,
  ];

  protected override render() {
    const {language, catalog} = this;
    const collections = catalog?.collections ?? [];
    const on = collections.filter(({id}) => !this.hiddenLayers.has(id)).length;
    return html`
      <yp-panel .language=${language} ?folded=${this.folded} heading=${translate(language, 'layers')} note=${`${on} / ${collections.length}`}>
        ${groupLayers(collections, language).map(
          (group) => html`
            <section role="group" aria-label=${group.title}>
              <h3>${group.title}</h3>
              ${group.collections.map((collection) => this.row(collection))}
            </section>
          `,
        )}
      </yp-panel>
    `;
  }

  private row({id, titles, zoom, summary, owner}: Collection) {
    const {language} = this;
    const far = this.zoom < zoom.min;
    const empty = !summary || summary.features === 0;
    const shown = !this.hiddenLayers.has(id);
    const coverage = shown && !far ? this.coverage.get(id) : undefined;
    const hint = empty
      ? translate(language, 'missing')
      : far
        ? translate(language, 'visibleFrom', {zoom: zoom.min})
        : coverage
          ? this.behind(coverage)
          : nothing;
    const asOf = coverage?.asOf ?? summary?.asOf;
    return html`
      <button
        role="switch"
        class=${far ? 'far' : ''}
        data-layer=${id}
        aria-checked=${shown}
        title=${[owner, asOf && formatMoment(asOf), coverage && translate(language, 'inTilesHint')].filter(Boolean).join(' · ')}
        @click=${() => this.toggle(id)}
      >
        ${swatch(swatchOf(id))}
        <span>
          <span class="name">${titles[language]}</span>
          <span class="hint">${hint}</span>
        </span>
        <span class="count">
          ${empty ? nothing : formatCompact(summary.features, language)}
          ${asOf && !empty ? html`<span class="age">${formatAge(asOf, new Date(), language)}</span>` : nothing}
        </span>
        <span class="switch" aria-hidden="true"></span>
      </button>
    `;
  }

  /** How many features stand behind what the view shows, and what becomes of them. */
  private behind({total, shown, thinned}: Coverage) {
    const cut = shown < total;
    const word = cut ? (thinned ? 'drawnThinned' : 'drawn') : thinned ? 'inTilesThinned' : 'inTiles';
    const numbers = {total: formatInteger(total), shown: formatInteger(shown)};
    return html`<span class=${cut ? 'cut' : ''} data-total=${total} data-shown=${shown}
      >${translate(this.language, word, numbers)}</span
    >`;
  }

  private toggle(layer: string): void {
    this.dispatchEvent(new CustomEvent('toggle-layer', {detail: layer, bubbles: true, composed: true}));
  }
}
