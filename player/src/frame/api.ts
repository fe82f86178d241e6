/**
 * The API objects that content finds: `API` (SCORM 1.2) and `API_1484_11` (SCORM 2004). Pure.
 *
 * Every call answers at once from the data model; the host is told what happened and does the slow part later.
 */

import type { DataModel, Outcome } from './model.ts';
import type { Table } from './table.ts';

/** What the session does on the content's calls. None of these may throw or wait. */
export interface Host {
  changed(): void;
  commit(): void;
  terminate(): void;
  /** Content that is allowed to has initialised again after it terminated. */
  reopened(): void;
}

type Phase = 'before' | 'running' | 'after';

export class ScormApi {
  readonly #table: Table;
  readonly #model: DataModel;
  readonly #host: Host;
  #phase: Phase = 'before';
  #error = 0;
  #why = '';

  constructor(model: DataModel, host: Host) {
    this.#table = model.table;
    this.#model = model;
    this.#host = host;
  }

  get phase(): Phase {
    return this.#phase;
  }

  initialize(parameter: unknown): string {
    if (!isEmpty(parameter)) return this.#refuse('argument', 'The parameter must be an empty string.');
    if (this.#model.bears('initialize-again')) {
      if (this.#phase === 'after') this.#host.reopened();
    } else {
      if (this.#phase === 'running') return this.#refuse('already_initialized', 'The content has already initialised.');
      if (this.#phase === 'after') return this.#refuse('terminated', 'The content has already terminated.');
    }
    this.#phase = 'running';
    return this.#accept();
  }

  terminate(parameter: unknown): string {
    if (!isEmpty(parameter)) return this.#refuse('argument', 'The parameter must be an empty string.');
    if (this.#phase !== 'running') return this.#outside('terminate');
    this.#phase = 'after';
    this.#host.terminate();
    return this.#accept();
  }

  getValue(name: unknown): string {
    if (this.#phase !== 'running') {
      this.#outside('get');
      return '';
    }
    const outcome = this.#model.get(text(name));
    this.#note(outcome);
    return 'value' in outcome ? outcome.value : '';
  }

  setValue(name: unknown, value: unknown): string {
    if (this.#phase !== 'running') return this.#outside('set');
    const outcome = this.#model.set(text(name), text(value));
    this.#note(outcome);
    if (!('value' in outcome)) return 'false';
    if (this.#model.isDirty) this.#host.changed();
    return 'true';
  }

  commit(parameter: unknown): string {
    if (!isEmpty(parameter)) return this.#refuse('argument', 'The parameter must be an empty string.');
    if (this.#phase !== 'running') return this.#outside('commit');
    this.#host.commit();
    return this.#accept();
  }

  lastError(): string {
    return String(this.#error);
  }

  errorString(code: unknown): string {
    return this.#table.errorText(text(code));
  }

  /** Empty or the last code: what exactly was wrong. Otherwise the text of the code. */
  diagnostic(code: unknown): string {
    const asked = text(code);
    if (asked === '' || asked === String(this.#error)) return this.#why || this.#table.errorText(String(this.#error));
    return this.#table.errorText(asked);
  }

  #accept(): string {
    this.#error = 0;
    this.#why = '';
    return 'true';
  }

  #note(outcome: Outcome): void {
    if ('value' in outcome) {
      this.#accept();
    } else {
      this.#error = this.#table.code(outcome.fault);
      this.#why = outcome.why;
    }
  }

  #refuse(fault: string, why: string): string {
    this.#error = this.#table.code(fault);
    this.#why = why;
    return 'false';
  }

  /** A call before Initialize or after Terminate: one code in SCORM 1.2, one for each call and side in SCORM 2004. */
  #outside(call: 'terminate' | 'get' | 'set' | 'commit'): string {
    const when = this.#phase === 'before' ? 'before' : 'after';
    const fault = this.#table.version === 'scorm12' ? 'not_initialized' : `${call}_${when}`;
    return this.#refuse(fault, when === 'before' ? 'The content has not initialised.' : 'The content has terminated.');
  }
}

/** `API`: SCORM 1.2 RTE 3.3.3. */
export function api12(api: ScormApi) {
  return {
    LMSInitialize: (parameter?: unknown) => api.initialize(parameter),
    LMSFinish: (parameter?: unknown) => api.terminate(parameter),
    LMSGetValue: (name?: unknown) => api.getValue(name),
    LMSSetValue: (name?: unknown, value?: unknown) => api.setValue(name, value),
    LMSCommit: (parameter?: unknown) => api.commit(parameter),
    LMSGetLastError: () => api.lastError(),
    LMSGetErrorString: (code?: unknown) => api.errorString(code),
    LMSGetDiagnostic: (code?: unknown) => api.diagnostic(code),
  };
}

/** `API_1484_11`: SCORM 2004 RTE 3.3. */
export function api2004(api: ScormApi) {
  return {
    version: '1.0',
    Initialize: (parameter?: unknown) => api.initialize(parameter),
    Terminate: (parameter?: unknown) => api.terminate(parameter),
    GetValue: (name?: unknown) => api.getValue(name),
    SetValue: (name?: unknown, value?: unknown) => api.setValue(name, value),
    Commit: (parameter?: unknown) => api.commit(parameter),
    GetLastError: () => api.lastError(),
    GetErrorString: (code?: unknown) => api.errorString(code),
    GetDiagnostic: (code?: unknown) => api.diagnostic(code),
  };
}

/** Real courses leave the parameter out; a script cannot pass an empty string by mistake. */
function isEmpty(parameter: unknown): boolean {
  return parameter === '' || parameter === undefined || parameter === null;
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
