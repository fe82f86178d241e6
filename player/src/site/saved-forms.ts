import { type Said, Saver, waitBeforeSending, watch } from '../shared/saver.ts';
import { all } from './dom.ts';
import { toast } from './overlays.ts';

const PAUSE = 900;

/**
 * `<form data-saves data-saved="…" data-saving="…" data-failed="…" data-conflict="…">` is saved as it is filled in. Its field
 * `base` says from what it was made; `[data-saves-state]` in it tells how it stands.
 */
export function savedForms(): void {
  for (const form of all<HTMLFormElement>('form[data-saves]')) {
    const state = form.querySelector<HTMLElement>('[data-saves-state]');
    const base = form.querySelector<HTMLInputElement>('input[name="base"]');
    const words: Record<Said, string | undefined> = {
      saved: form.dataset.saved,
      saving: form.dataset.saving,
      failed: form.dataset.failed,
      refused: form.dataset.conflict,
    };
    const saver = new Saver({
      form,
      said: (said, problem) => {
        if (!state) return;
        state.dataset.state = said;
        state.textContent = (said === 'refused' && !problem?.code.endsWith('-changed') && problem?.title) || (words[said] ?? '');
      },
      saved: (answer) => {
        if (base && typeof answer.base === 'string') base.value = answer.base;
      },
    });
    watch(form, saver, PAUSE);
    waitBeforeSending(form, saver);
  }
}

/** `<ol data-sortable-list data-order-url>`: each new order is sent as fields `question`, and Up and Down need no page of their own. */
export function savedOrders(): void {
  for (const list of all('[data-order-url]')) {
    list.addEventListener('submit', (event) => {
      if (event.submitter?.hasAttribute('data-move')) event.preventDefault();
    });
    let sending = Promise.resolve();
    list.addEventListener('reordered', (event) => {
      const { order } = (event as CustomEvent<{ order: string[] }>).detail;
      const body = new URLSearchParams(order.map((id) => ['question', id]));
      const send = async (): Promise<void> => {
        const answer = await fetch(list.dataset.orderUrl ?? '', {
          method: 'POST',
          headers: { Accept: 'application/json' },
          body,
        }).catch(() => undefined);
        if (!answer?.ok) toast(list.dataset.orderFailed ?? '', { fault: true });
      };
      // One after the other: the last order is the one that stays.
      sending = sending.then(send);
    });
  }
}
