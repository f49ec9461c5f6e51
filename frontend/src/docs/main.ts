// The page that explains the API: words of ours, examples that the tests run, and the reference.

import '../ui/theme.css';
import './docs.css';
import {examples, quickStart} from './examples';
import {showExamples} from './tabs';

const start = document.querySelector<HTMLElement>('[data-start]');
if (start) start.textContent = quickStart(location.origin);
showExamples(document, examples(location.origin));

// The reference is large: it comes after the words.
const {showReference} = await import('./reference');
showReference('#operations', '/openapi.json');
