// The last things that happened, newest first.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {formatClock} from '../format';
import {type Language, translate, type Word} from '../i18n';
import {base} from '../ui/base';
import '../ui/panel';
import type {ToldEvent} from './live-state';

const kinds: Readonly<Record<string, Word>> = {
  enter: 'fenceEnter',
  exit: 'fenceExit',
  cross: 'fenceCross',
  dwell: 'fenceDwell',
  absent: 'fenceAbsent',
};

@customElement('yp-events')
export class EventList extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) events: readonly ToldEvent[] = [];

  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: calc(4 * var(--u)) 0;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        column-gap: calc(10 * var(--u));
        padding: calc(3.5 * var(--u)) calc(16 * var(--u));
        font-size: calc(14 * var(--u));
        line-height: 1.35;
      }
      time {
        color: var(--text-faint);
      }
      .what {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .kind {
        color: #d9a8ff;
        padding: 0 calc(4 * var(--u));
      }
      .badge {
        border: 1px solid var(--line);
        padding: 0 calc(4 * var(--u));
        font-size: calc(13 * var(--u));
        color: #9cc7d8;
      }
    `,
  ];

  protected override render() {
    const {language, events} = this;
    if (events.length === 0) return nothing;
    return html`
      <yp-panel .language=${language} heading=${translate(language, 'events')}>
        <ul aria-live="polite">
          ${events.map((event) => this.row(event))}
        </ul>
      </yp-panel>
    `;
  }

  private row({id, t, kind, key, body}: ToldEvent) {
    const {language} = this;
    const [fence = key, entity = ''] = key.split('|');
    const word = kinds[kind];
    return html`<li data-event=${id}>
      <time datetime=${new Date(t).toISOString()}>${formatClock(new Date(t))}</time>
      <span class="what"
        >${String(body?.entity ?? entity)}<span class="kind">${word ? translate(language, word) : kind}</span>${String(body?.title ?? fence)}</span
      >
      ${body?.synthetic === true ? html`<span class="badge">${translate(language, 'synthetic')}</span>` : html`<span></span>`}
    </li>`;
  }
}
