// The wall page.

import './ui/theme.css';
import {hookOf} from './hook';
import './wall/wall';

const wall = document.createElement('yp-wall');
window.yiping = hookOf(wall);
document.body.append(wall);
