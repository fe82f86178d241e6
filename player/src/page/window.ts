/** The page of a window of its own for content (`src/runtime/templates/window.html`). */

import { received, type ToPage } from '../shared/protocol.ts';
import { after, channelName } from '../shared/seat.ts';
import { required } from './dom.ts';
import { sayTo } from './frame-link.ts';
import { newId } from './new-id.ts';
import { Seat, type View } from './seat.ts';

// Content reaches the window at the top, and by it whoever opened it: from here on nobody did. Content is only shown after this.
window.opener = null;

const root = required('player-window');
const heading = required('player-window-title');
const line = required('player-window-state');
const panel = required('player-window-panel');
const words = required('player-window-text');
const button = required<HTMLButtonElement>('player-window-act');
const frame = required<HTMLIFrameElement>('player-frame');
const origin = root.dataset.contentOrigin ?? '';
const opening = words.textContent ?? '';

const view: View = {
  run(title) {
    root.dataset.phase = 'running';
    panel.hidden = true;
    document.title = title;
    heading.textContent = title;
    frame.title = title;
    frame.focus();
  },
  wait(text = opening, label) {
    root.dataset.phase = 'waiting';
    panel.hidden = false;
    words.textContent = text;
    button.hidden = label === undefined;
    button.textContent = label ?? '';
    if (label !== undefined) button.focus();
  },
  state(text) {
    line.hidden = text === '';
    line.textContent = text;
  },
  close() {
    window.close();
    view.wait(required<HTMLTemplateElement>('player-window-over').content.textContent ?? '');
  },
};

const of = new URLSearchParams(location.search).get('of');
// Opened by hand, or by nobody who would know: there is nothing to wait for.
if (of === null) view.wait(required<HTMLTemplateElement>('player-window-over').content.textContent ?? '');
else {
  const seat = new Seat(newId(), {
    channel: new BroadcastChannel(channelName(of)),
    view,
    after,
    say: (message) => sayTo(frame, origin, message),
  });
  window.addEventListener('message', (event) => {
    const message = received<ToPage>(event, frame.contentWindow, origin);
    if (message) seat.heard(message);
  });
  window.addEventListener('pagehide', () => seat.gone());
  button.addEventListener('click', () => seat.acted());
}
