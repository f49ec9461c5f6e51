// The list of streams: a switch each, with its objects in the picture and how fresh it is.

import {css, html, LitElement, nothing} from 'lit';
import {customElement, property} from 'lit/decorators.js';
import {formatInteger, formatSpan} from '../format';
import {type Language, translate, type Word} from '../i18n';
import type {LiveStatus, StreamStatus} from '../map/live/live-map';
import {stateColours, streamLooks} from '../map/live/looks';
import type {Colour} from '../map/live/sprites';
import type {StreamDefinition} from '../streams';
import {base} from '../ui/base';
import '../ui/panel';

/** A stream without input for so long is called silent. */
const silentMs = 15_000;
const words: Readonly<Record<string, Word>> = {
  vehicles: 'streamVehicles',
  patrols: 'streamPatrols',
  sensors: 'streamSensors',
  fences: 'streamFences',
  alarms: 'alarms',
  layers: 'streamLayers',
};

@customElement('yp-streams')
export class StreamPanel extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) status: LiveStatus = {connected: false, lagMs: null, streams: []};
  @property({attribute: false}) definitions: ReadonlyMap<string, StreamDefinition> = new Map();
  /** The streams with synthetic objects. */
  @property({attribute: false}) synthetic: ReadonlySet<string> = new Set();
  @property({attribute: false}) off: ReadonlySet<string> = new Set();
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
        padding: calc(4 * var(--u)) 0;
      }
      button,
      .row {
        display: grid;
        grid-template-columns: calc(14 * var(--u)) auto minmax(0, 1fr) auto;
        column-gap: calc(9 * var(--u));
        align-items: baseline;
        width: 100%;
        padding: calc(3.5 * var(--u)) calc(16 * var(--u));
        font-size: calc(14 * var(--u));
        line-height: 1.35;
      }
      button:hover {
        background: rgb(70 211 234 / 7%);
      }
      .lamp {
        align-self: center;
        width: calc(9 * var(--u));
        height: calc(9 * var(--u));
        border-radius: 50%;
        background: var(--lamp);
      }
      [aria-checked='false'] .lamp {
        background: none;
        border: 1px solid var(--text-faint);
      }
      [aria-checked='false'] .name {
        color: var(--text-faint);
      }
      .name {
        font-size: calc(15 * var(--u));
        white-space: nowrap;
      }
      .badge {
        border: 1px solid var(--line);
        padding: 0 calc(4 * var(--u));
        margin-left: calc(6 * var(--u));
        font-size: calc(13 * var(--u));
        color: #9cc7d8;
      }
      .objects {
        color: var(--text-plain);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .fresh {
        color: var(--text-faint);
        text-align: right;
        white-space: nowrap;
      }
      .states {
        display: flex;
        gap: calc(16 * var(--u));
        margin: 0;
        padding: calc(3 * var(--u)) calc(16 * var(--u)) calc(6 * var(--u));
        border-top: 1px solid rgb(94 196 224 / 9%);
        font-size: calc(14 * var(--u));
        color: var(--text-plain);
      }
      .states .lamp {
        display: inline-block;
        margin-right: calc(6 * var(--u));
      }
      .fresh.bad {
        color: var(--fault);
      }
    `,
  ];

  protected override render() {
    const {language, status} = this;
    if (status.streams.length === 0) return nothing;
    return html`
      <yp-panel
        .language=${language}
        ?folded=${this.folded}
        heading=${translate(language, 'streams')}
        note=${status.connected ? '' : translate(language, 'notLive')}
      >
        <ul>
          ${status.streams.map((stream) => html`<li>${this.row(stream)}</li>`)}
        </ul>
        ${this.states()}
      </yp-panel>
    `;
  }

  /** What the colours mean besides the streams' own. */
  private states() {
    const mover = [...this.definitions.values()].find(({mover}) => mover);
    if (!mover) return nothing;
    return html`<p class="states">
      ${[...stateColours].map(
        ([code, colour]) => html`<span
          ><span class="lamp" style="--lamp:${cssOf(colour)}"></span>${mover.states.get(code)?.[this.language] ?? code}</span
        >`,
      )}
    </p>`;
  }

  private row(stream: StreamStatus) {
    const {language} = this;
    const look = streamLooks.get(stream.stream);
    const lamp = look ? cssOf(look.colour) : 'var(--accent)';
    const content = html`
      <span class="lamp" style="--lamp:${lamp}"></span>
      <span class="name"
        >${this.name(stream.stream)}${
          this.synthetic.has(stream.stream)
            ? html`<span class="badge">${translate(language, 'synthetic')}</span>`
            : nothing
        }</span
      >
      <span class="objects">${this.objects(stream)}</span>
      ${this.fresh(stream)}
    `;
    if (!look) return html`<div class="row" data-stream=${stream.stream}>${content}</div>`;
    return html`<button
      role="switch"
      data-stream=${stream.stream}
      data-objects=${stream.objects ?? ''}
      aria-checked=${!this.off.has(stream.stream)}
      @click=${() => this.toggle(stream.stream)}
    >
      ${content}
    </button>`;
  }

  private name(stream: string): string {
    const word = words[stream];
    return this.definitions.get(stream)?.title[this.language] ?? (word ? translate(this.language, word) : stream);
  }

  private objects({stream, objects, counted, partial}: StreamStatus): string {
    if (objects === null || this.off.has(stream)) return '';
    const word = partial ? 'overInView' : counted ? 'countedInView' : 'inView';
    return translate(this.language, word, {n: formatInteger(objects)});
  }

  /** How far behind it is, or what is wrong with it. */
  private fresh({idleMs, lagMs, degraded, objects}: StreamStatus) {
    const {language, status} = this;
    const say = (bad: boolean, text: string) => html`<span class=${bad ? 'fresh bad' : 'fresh'}>${text}</span>`;
    if (!status.connected) return say(true, translate(language, 'waiting'));
    // The first step is only slower.
    if (degraded > 0) return say(degraded > 1, translate(language, 'degraded', {n: degraded}));
    if (idleMs === null) return say(false, translate(language, 'neverHeard'));
    // Events come when something happens; objects are heard of all the time.
    const still = objects === null ? 'quiet' : 'silent';
    if (idleMs > silentMs) return say(false, translate(language, still, {n: formatSpan(idleMs, language)}));
    return say(false, translate(language, 'lag', {n: formatInteger(lagMs)}));
  }

  private toggle(stream: string): void {
    this.dispatchEvent(new CustomEvent('toggle-layer', {detail: stream, bubbles: true, composed: true}));
  }
}

function cssOf([red, green, blue]: Colour): string {
  return `rgb(${red} ${green} ${blue})`;
}
