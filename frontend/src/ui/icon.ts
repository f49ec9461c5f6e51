// Small line drawings on a grid of 24.

import {html, svg, type TemplateResult} from 'lit';

/** A line icon in the colour of the text around it. */
export function icon(path: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${path} />`}</svg>`;
}
