// The examples as tabs (WAI-ARIA Authoring Practices, tabs with automatic activation).

import type {Example} from './examples';

export function showExamples(root: ParentNode, examples: readonly Example[]): void {
  const list = root.querySelector('.tabs');
  const panel = root.querySelector('#example');
  const note = panel?.querySelector('.note');
  const code = panel?.querySelector('pre');
  const copy = panel?.querySelector('button');
  if (!list || !panel || !note || !code || !copy) throw new Error('the page has no place for examples');

  const tabs = examples.map((example) => {
    const tab = document.createElement('button');
    tab.type = 'button';
    tab.role = 'tab';
    tab.id = `tab-${example.id}`;
    tab.textContent = example.title;
    tab.setAttribute('aria-controls', panel.id);
    tab.addEventListener('click', () => select(tab));
    return tab;
  });

  function select(tab: HTMLButtonElement): void {
    const example = examples[tabs.indexOf(tab)];
    if (!example || !panel || !note || !code) return;
    for (const other of tabs) {
      other.ariaSelected = String(other === tab);
      other.tabIndex = other === tab ? 0 : -1;
    }
    panel.setAttribute('aria-labelledby', tab.id);
    note.textContent = example.note;
    code.textContent = example.text;
  }

  list.addEventListener('keydown', (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[(event as KeyboardEvent).key];
    if (step === undefined) return;
    const at = tabs.findIndex((tab) => tab.ariaSelected === 'true');
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    select(next);
    next.focus();
  });
  copy.addEventListener('click', async () => {
    // Only secure contexts have a clipboard: elsewhere the text is marked for the reader to copy.
    if (navigator.clipboard) await navigator.clipboard.writeText(code.textContent ?? '');
    else getSelection()?.selectAllChildren(code);
  });

  list.append(...tabs);
  if (tabs[0]) select(tabs[0]);
}
