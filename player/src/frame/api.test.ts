import { describe, expect, it } from 'vitest';
import { api12, api2004, type Host, ScormApi } from './api.ts';
import { DataModel } from './model.ts';
import { tableOf, type Version } from './table.ts';

function subject(version: Version) {
  const calls: string[] = [];
  const host: Host = {
    changed: () => calls.push('changed'),
    commit: () => calls.push('commit'),
    terminate: () => calls.push('terminate'),
    reopened: () => calls.push('reopened'),
  };
  const api = new ScormApi(new DataModel(tableOf(version), { elements: {} }), host);
  return { api, calls };
}

describe('API of SCORM 1.2', () => {
  const begin = () => {
    const { api, calls } = subject('scorm12');
    return { api: api12(api), calls };
  };

  it('answers every call with 301 before and after the session', () => {
    const { api } = begin();
    for (const call of [
      () => api.LMSGetValue('cmi.core.exit'),
      () => api.LMSSetValue('cmi.suspend_data', 'x'),
      () => api.LMSCommit(''),
      () => api.LMSFinish(''),
    ]) {
      call();
      expect(api.LMSGetLastError()).toBe('301');
    }
    expect(api.LMSInitialize('')).toBe('true');
    expect(api.LMSFinish('')).toBe('true');
    expect(api.LMSSetValue('cmi.suspend_data', 'x')).toBe('false');
    expect(api.LMSGetLastError()).toBe('301');
  });

  it('initialises once', () => {
    const { api } = begin();
    expect(api.LMSInitialize('now')).toBe('false');
    expect(api.LMSGetLastError()).toBe('201');
    expect(api.LMSInitialize('')).toBe('true');
    expect(api.LMSGetLastError()).toBe('0');
    expect(api.LMSInitialize('')).toBe('false');
    expect(api.LMSGetLastError()).toBe('101');
  });

  it('tells its host of changes, commits and the end, and nothing else', () => {
    const { api, calls } = begin();
    api.LMSInitialize('');
    api.LMSGetValue('cmi.core.lesson_status');
    api.LMSSetValue('cmi.core.lesson_status', 'wrong');
    api.LMSSetValue('cmi.core.lesson_status', 'passed');
    api.LMSCommit('');
    api.LMSFinish('');
    expect(calls).toEqual(['changed', 'commit', 'terminate']);
  });

  it('takes numbers and booleans as scripts write them', () => {
    const { api } = begin();
    api.LMSInitialize('');
    expect(api.LMSSetValue('cmi.core.score.raw', 85)).toBe('true');
    expect(api.LMSGetValue('cmi.core.score.raw')).toBe('85');
  });

  it('explains the last error and clears it with the next good call', () => {
    const { api } = begin();
    api.LMSInitialize('');
    expect(api.LMSSetValue('cmi.core.student_name', 'x')).toBe('false');
    expect(api.LMSGetLastError()).toBe('403');
    expect(api.LMSGetErrorString('403')).toBe('Element is read only');
    expect(api.LMSGetDiagnostic('')).toBe('cmi.core.student_name is read only.');
    expect(api.LMSGetDiagnostic('404')).toBe('Element is write only');
    expect(api.LMSGetErrorString('999')).toBe('');
    expect(api.LMSGetLastError()).toBe('403');
    api.LMSGetValue('cmi.core.student_name');
    expect(api.LMSGetLastError()).toBe('0');
  });
});

describe('API of SCORM 2004', () => {
  const begin = () => {
    const { api, calls } = subject('scorm2004');
    return { api: api2004(api), calls };
  };
  type Subject = ReturnType<typeof begin>['api'];
  const codes = (api: Subject) => {
    const seen: string[] = [];
    for (const call of [
      () => api.GetValue('cmi.mode'),
      () => api.SetValue('cmi.location', 'x'),
      () => api.Commit(''),
      () => api.Terminate(''),
    ]) {
      call();
      seen.push(api.GetLastError());
    }
    return seen;
  };

  it('has a code for each call before and after the session', () => {
    const { api } = begin();
    expect(codes(api)).toEqual(['122', '132', '142', '112']);
    expect(api.Initialize('')).toBe('true');
    expect(api.Terminate('')).toBe('true');
    expect(codes(api)).toEqual(['123', '133', '143', '113']);
    expect(api.Initialize('')).toBe('false');
    expect(api.GetLastError()).toBe('104');
  });

  it('initialises once, with an empty parameter', () => {
    const { api } = begin();
    expect(api.Initialize('x')).toBe('false');
    expect(api.GetLastError()).toBe('201');
    api.Initialize('');
    expect(api.Initialize('')).toBe('false');
    expect(api.GetLastError()).toBe('103');
    expect(api.Commit('x')).toBe('false');
    expect(api.GetLastError()).toBe('201');
    expect(api.Terminate('x')).toBe('false');
    expect(api.GetLastError()).toBe('201');
  });

  it('gives an empty string and its code for a value that is not there', () => {
    const { api } = begin();
    api.Initialize('');
    expect(api.GetValue('cmi.location')).toBe('');
    expect(api.GetLastError()).toBe('403');
    expect(api.GetErrorString(403)).toBe('Data Model Element Value Not Initialized');
    expect(api.GetDiagnostic(403)).toBe('cmi.location has no value yet.');
    expect(api.GetErrorString('')).toBe('');
  });
});
