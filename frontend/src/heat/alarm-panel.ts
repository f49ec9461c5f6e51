// The list of alarms: what is open first, with what has been foreseen marked as such, and the form to
// say that one has seen to it.

import {html, LitElement, nothing} from 'lit';
import {customElement, property, query, state} from 'lit/decorators.js';
import {formatDecimal, formatInteger} from '../format';
import {type Language, translate} from '../i18n';
import {heatLevels} from '../map/palette';
import '../ui/panel';
import type {Alarm} from './alarm-api';
import {alarmPanelStyles} from './alarm-styles';
import {foreseenLevel, listedLevel} from './alarms';
import {clockOf} from './clock';
import {levelWords} from './levels';
import {nameOf} from './place-words';

/** Where the browser keeps who it is that acknowledges. */
const nameKey = 'yiping.acknowledged-by';
const longestName = 60;
const longestNote = 500;

@customElement('yp-alarms')
export class AlarmPanel extends LitElement {
  @property({attribute: false}) language: Language = 'zh';
  @property({attribute: false}) alarms: readonly Alarm[] = [];
  /** Whether they are as of a stored minute: then nothing can be acknowledged. */
  @property({type: Boolean}) past = false;
  @property() fault = '';
  /** Whether the panel starts folded. */
  @property({type: Boolean}) folded = false;
  /** The alarm whose form is open. */
  @state() private answering = '';

  @query('input[name=by]') private by!: HTMLInputElement | null;

  static override styles = alarmPanelStyles;

  protected override render() {
    const {language, alarms} = this;
    const open = alarms.filter(({state}) => state === 'open').length;
    return html`<yp-panel
      .language=${language}
      ?folded=${this.folded}
      heading=${translate(language, 'alarms')}
      note=${translate(language, 'alarmsOpen', {n: open})}
    >
      ${this.fault ? html`<p class="fault" role="alert">${this.fault === 'taken' ? translate(language, 'alarmTaken') : this.fault}</p>` : nothing}
      <ul aria-live="polite">
        ${alarms.map((alarm) => html`<li data-alarm=${alarm.id} data-state=${alarm.state}>${this.alarm(alarm)}</li>`)}
      </ul>
    </yp-panel>`;
  }

  private alarm(alarm: Alarm) {
    const {language} = this;
    const {begun, ended, state, peak_devices, peak_density} = alarm;
    const level = listedLevel(alarm);
    const peak =
      peak_devices > 0
        ? `${translate(language, 'peak')} ${formatInteger(peak_devices)} · ${formatDecimal(peak_density, 2)}/m²`
        : '';
    return html`
      <button
        class="row"
        style="--level:${heatLevels[level]}"
        title=${translate(language, 'turnTo')}
        @click=${() => this.tell('turn-to-place', alarm.place)}
      >
        <span class="level">${translate(language, levelWords[level])}</span>
        <span class="name">${nameOf(alarm, language)}</span>
        <time datetime=${begun}>${clockOf(begun)}${ended ? html`–${clockOf(ended)}` : nothing}</time>
      </button>
      <span class="detail">
        ${this.foreseen(alarm)} ${[peak, alarm.synthetic ? translate(language, 'synthetic') : ''].filter(Boolean).join(' · ')}
      </span>
      ${state === 'open' || alarm.acknowledged ? this.seen(alarm) : nothing}
    `;
  }

  /** The next level where it is foreseen, with its time. */
  private foreseen(alarm: Alarm) {
    const {language} = this;
    const next = foreseenLevel(alarm);
    if (!next) return nothing;
    const time = alarm.foreseen_for ? ` ${clockOf(alarm.foreseen_for)}` : '';
    return html`<span class="level" data-predicted style="--level:${heatLevels[next]}"
      >${translate(language, 'predicted')} ${translate(language, levelWords[next])}${time}</span
    >`;
  }

  /** Who has seen to it, or the way to say so. */
  private seen({id, acknowledged}: Alarm) {
    const {language} = this;
    if (acknowledged) {
      const {by, at, note} = acknowledged;
      return html`<p class="seen" data-field="acknowledged">
        ${translate(language, 'alarmSeenBy', {by, t: clockOf(at)})}${note ? html` · ${note}` : nothing}
      </p>`;
    }
    if (this.past) return nothing;
    if (this.answering !== id) {
      return html`<button class="answer" @click=${() => this.#open(id)}>${translate(language, 'acknowledge')}</button>`;
    }
    return html`<form @submit=${(event: SubmitEvent) => this.#answer(event, id)}>
      <input
        name="by"
        required
        maxlength=${longestName}
        autocomplete="name"
        aria-label=${translate(language, 'yourName')}
        placeholder=${translate(language, 'yourName')}
        .value=${localStorage.getItem(nameKey) ?? ''}
      />
      <input
        name="note"
        maxlength=${longestNote}
        autocomplete="off"
        aria-label=${translate(language, 'noteOptional')}
        placeholder=${translate(language, 'noteOptional')}
      />
      <button class="answer">${translate(language, 'acknowledge')}</button>
      <button class="cancel" type="button" @click=${() => this.#open('')}>${translate(language, 'cancel')}</button>
    </form>`;
  }

  async #open(id: string): Promise<void> {
    this.answering = id;
    await this.updateComplete;
    this.by?.focus();
  }

  #answer(event: SubmitEvent, id: string): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const by = String(form.get('by')).trim();
    if (by === '') return;
    localStorage.setItem(nameKey, by);
    this.answering = '';
    this.tell('acknowledge', {id, by, note: String(form.get('note')).trim()});
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, {detail, bubbles: true, composed: true}));
  }
}
