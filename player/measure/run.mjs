/**
 * The player in real Chromium, on a stand-in server: what the API calls cost, and the life of a launch.
 * CHROMIUM names the browser, PICTURES a folder for screenshots.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { StandIn } from './stand-in.mjs';

const FIND = `let w = window, api; while (!api && w) { api = w.API_1484_11 || w.API; w = w.parent === w ? null : w.parent; }`;
const COURSE = `<!doctype html><meta charset="utf-8"><title>Cours</title><body style="font:1.2rem sans-serif;padding:2rem"><h1>Baliser</h1>
<p>Le contenu d’une formation, sur son origine.</p><p id="entry"></p><script>${FIND}
window.api = api; api.Initialize(''); document.getElementById('entry').textContent = api.GetValue('cmi.location');
addEventListener('unload', () => { api.SetValue('cmi.suspend_data', 'unload-' + (window.mark || 0)); api.Commit(''); });</script>`;
const BENCH = `<!doctype html><title>Bench</title><script>${FIND}
const is12 = Boolean(api.LMSInitialize);
const [init, get, set, commit] = is12 ? ['LMSInitialize','LMSGetValue','LMSSetValue','LMSCommit'] : ['Initialize','GetValue','SetValue','Commit'];
api[init]('');
function time(count, call) {
  const each = [];
  for (let round = 0; round < count; round += 1) {
    const begin = performance.now();
    for (let inner = 0; inner < 200; inner += 1) call(round * 200 + inner);
    each.push((performance.now() - begin) / 200 * 1000);
  }
  each.sort((a, b) => a - b);
  return { median: each[each.length >> 1], p99: each[Math.floor(each.length * 0.99)] };
}
const place = is12 ? 'cmi.core.lesson_location' : 'cmi.location';
const [answer, pattern] = [is12 ? 'student_response' : 'learner_response', 'correct_responses.0.pattern'];
const big = 'x'.repeat(4000);
const cost = () => ({
  GetValue: time(200, () => api[get](place)),
  SetValue: time(200, (n) => api[set](place, 'page-' + n)),
  'SetValue, 4 kB': time(200, (n) => api[set]('cmi.suspend_data', n + big)),
  Commit: time(100, () => api[commit]('')),
  'SetValue and Commit': time(100, (n) => { api[set](place, 'p' + n); api[commit](''); }),
});
const alone = cost();
for (let i = 0; i < 100; i += 1) {
  const q = 'cmi.interactions.' + i + '.';
  for (const [name, value] of [['id', 'q' + i], ['type', 'choice'], ['objectives.0.id', 'o' + i], [pattern, 'a[,]b'], [answer, 'a[,]c'],
    ['result', is12 ? 'wrong' : 'incorrect'], ['latency', is12 ? '00:00:12' : 'PT12S'], ['weighting', '1']]) {
    if (api[set](q + name, value) !== 'true') throw new Error(q + name);
  }
}
window.result = Object.entries(alone).concat(Object.entries(cost()).map(([call, figures]) => [call + ', 100 interactions', figures]), [
  ['SetValue of an answer, 100 interactions', time(200, (n) => api[set]('cmi.interactions.' + (n % 100) + '.' + answer, n % 2 ? 'a[,]b' : 'c'))],
  ['SetValue of a new pattern, 100 interactions', time(200, (n) => api[set]('cmi.interactions.' + (n % 100) + '.' + pattern, 'a' + n + '[,]b'))],
]);
</script>`;

/** Twelve seconds of a quiet tone. */
function tone(seconds = 12, rate = 8_000) {
  const samples = seconds * rate;
  const bytes = Buffer.alloc(44 + samples, 128);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples, 40);
  for (let at = 0; at < samples; at += 1) bytes[44 + at] = 128 + Math.round(30 * Math.sin((at / rate) * 2 * Math.PI * 220));
  return bytes;
}

const film = fileURLToPath(new URL('../../build/media/chantier.mp4', import.meta.url));
const standIn = new StandIn({
  activities: [
    { title: 'Se préparer', kind: 'group' },
    {
      title: 'Baliser le chantier',
      kind: 'sco',
      depth: 1,
      runtime: { kind: 'scorm2004', content: 'course', valid_requests: { continue: true, previous: false } },
    },
    {
      title: 'Lire le plan de circulation',
      kind: 'sco',
      depth: 1,
      status: 'done',
      runtime: { kind: 'scorm2004', content: 'course', valid_requests: { choice: { 'ITEM-8': false } } },
    },
    {
      title: 'Mesures de la version 1.2',
      kind: 'sco',
      depth: 1,
      status: 'failed',
      runtime: { kind: 'scorm12', content: 'bench' },
    },
    { title: 'Mesures de 2004', kind: 'sco', depth: 1, runtime: { kind: 'scorm2004', content: 'bench' } },
    {
      title: 'Écouter le témoignage d’un agent',
      kind: 'audio',
      runtime: { kind: 'audio', src: 'tone.wav', duration: 12, position: 4, completion: 0.9 },
    },
    {
      title: 'Voir le film',
      kind: 'video',
      runtime: { kind: 'video', src: 'film.mp4', duration: 25, position: 0, completion: 0.9 },
    },
    { title: 'S’exercer dans une autre fenêtre', kind: 'au', runtime: { kind: 'cmi5', content: 'course', window: 'own' } },
    { title: 'Une étape fermée', kind: 'sco', locked: true, runtime: { kind: 'scorm2004', content: 'course' } },
    { title: 'Une unité qui s’en va', kind: 'au', runtime: { kind: 'cmi5', content: 'unit', window: 'any' } },
  ],
  files: {
    course: COURSE,
    unit: '<!doctype html><title>Unité</title><script>window.api = {};</script><p>Une unité</p>',
    bench: BENCH,
    'tone.wav': { bytes: tone(), kind: 'audio/wav' },
    'film.mp4': { path: film, kind: 'video/mp4' },
  },
});
await standIn.listen();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
});

let passed = 0;
let failed = 0;

async function story(name, options, run) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'fr-FR', ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  // A refused request is part of some stories; anything else on the console is a fault.
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) faults.push(line.text());
  });
  try {
    await run(page, context);
    assert.deepEqual(faults, []);
    passed += 1;
    console.log(`  ok  ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n      ${error.stack}`);
  }
  standIn.down = false;
  await context.close();
}

const open = async (page, index, phase = 'running') => {
  await page.goto(`${standIn.application}/player/r/${index}`);
  await page.waitForSelector(`#player[data-phase="${phase}"]`);
};
const content = async (page, name = 'course') => {
  const frame = await page
    .waitForEvent('framenavigated', { predicate: (one) => one.url().endsWith(`/c/${name}`), timeout: 5_000 })
    .catch(() => undefined);
  return frame ?? page.frames().find((one) => one.url().endsWith(`/c/${name}`));
};
const inner = async (page, name = 'course') => {
  const found = () => page.frames().find((one) => one.url().endsWith(`/c/${name}`));
  const frame = found() ?? (await content(page, name));
  await frame.waitForFunction(() => window.api || window.result);
  return frame;
};
const until = async (what, check) => {
  const end = Date.now() + 10_000;
  while (!check()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const picture = async (page, name) => {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });
};
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
/** The page and the launch frame; the content is not ours. */
const accessible = async (page) => {
  for (const frame of page.frames().filter((one) => /\/player\/|\/frame\//.test(one.url()))) await checkFrame(frame);
};
const checkFrame = async (frame) => {
  await frame.evaluate(axe);
  const { violations } = await frame.evaluate(() => window.axe.run(document, { iframes: false }));
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
  );
};

for (const [index, version] of [
  [3, 'SCORM 1.2'],
  [4, 'SCORM 2004'],
]) {
  await story(`${version}: a call costs less than 50 µs`, {}, async (page) => {
    await open(page, index);
    const frame = await inner(page, 'bench');
    const result = await frame.evaluate(() => window.result);
    for (const [call, { median, p99 }] of result) {
      console.log(`      ${version} ${call}: median ${median.toFixed(2)} µs, 99 % ${p99.toFixed(2)} µs`);
      assert.ok(median < 50, `${call} costs ${median} µs`);
    }
  });
}

await story('content saves, and the learner sees it', {}, async (page) => {
  await open(page, 1);
  const frame = await inner(page);
  await frame.evaluate(() => {
    window.api.SetValue('cmi.location', 'page-7');
    window.api.Commit('');
  });
  await until('the commit', () => standIn.values['cmi.location'] === 'page-7');
  await page.waitForSelector('#player-state[data-state="saved"]');
  assert.equal(await page.textContent('#player-state'), 'Enregistré');
  await page.waitForFunction(() => document.querySelector('.player-item[data-index="1"]').dataset.status === 'doing');
  assert.equal(await page.isEnabled('#player-next'), true);
  assert.equal(
    await frame.evaluate(() => {
      try {
        return String(top.document);
      } catch (error) {
        return error.name;
      }
    }),
    'SecurityError',
  );
  await picture(page, 'desk');
  await accessible(page);
});

await story('content that ends itself when it is put away ends once', {}, async (page) => {
  await open(page, 1);
  const frame = await inner(page);
  await frame.evaluate(() => {
    addEventListener('pagehide', () => {
      window.api.SetValue('cmi.exit', 'suspend');
      window.api.SetValue('cmi.location', 'pagehide');
      window.api.Terminate('');
    });
  });
  const before = standIn.commits.length;
  await page.click('#player-back');
  await page.waitForURL('**/courses/c');
  assert.equal(standIn.values['cmi.location'], 'pagehide');
  assert.equal(standIn.commits.slice(before).filter((commit) => commit.terminate).length, 1);
  standIn.values['cmi.location'] = 'page-7';
});

await story('content that saves when its page goes, at any depth, is heard when it is put away', {}, async (page) => {
  await open(page, 1);
  const frame = await inner(page);
  await frame.evaluate(() => {
    const nested = document.body.appendChild(document.createElement('iframe'));
    nested.contentWindow.onbeforeunload = () => {
      window.api.SetValue('cmi.location', 'beforeunload');
      return 'Stay?';
    };
  });
  await page.click('#player-back');
  await page.waitForURL('**/courses/c');
  assert.equal(standIn.values['cmi.location'], 'beforeunload');
  standIn.values['cmi.location'] = 'page-7';
});

await story('Suivant lets the content save in its unload handlers, ends it, then asks where to go', {}, async (page) => {
  await open(page, 1);
  const frame = await inner(page);
  await frame.evaluate(() => {
    window.mark = 'next';
  });
  const before = standIn.commits.length;
  await page.click('#player-next');
  await page.waitForURL('**/player/r/2?**');
  const commits = standIn.commits.slice(before);
  assert.equal(standIn.values['cmi.suspend_data'], 'unload-next');
  assert.equal(commits.at(-1).terminate, true);
  assert.equal(commits.at(-1).exit, 'suspend');
  assert.equal(standIn.navigations.at(-1).commitsBefore, standIn.commits.length);
  assert.equal(await inner(page).then((one) => one.textContent('#entry')), 'page-7');
});

for (const [way, act] of [
  ['reloading', (page) => page.reload()],
  ['going elsewhere', (page) => page.goto(`${standIn.application}/elsewhere`)],
  ['closing the tab', (page) => page.close({ runBeforeUnload: true })],
]) {
  await story(`${way} loses nothing that unload handlers said`, {}, async (page) => {
    await open(page, 1);
    const frame = await inner(page);
    await frame.evaluate((mark) => {
      window.mark = mark;
      window.api.SetValue('cmi.location', `left-by-${mark}`);
    }, way);
    const before = standIn.commits.length;
    await act(page);
    await until('the last commit', () => standIn.commits.slice(before).some((commit) => commit.terminate));
    assert.equal(standIn.values['cmi.location'], `left-by-${way}`);
    assert.equal(standIn.values['cmi.suspend_data'], `unload-${way}`);
  });
}

await story('the back button brings a working player back', {}, async (page) => {
  await open(page, 1);
  await inner(page);
  await page.goto(`${standIn.application}/elsewhere`);
  await page.goBack();
  await page.waitForSelector('#player[data-phase="running"]');
  const frame = await inner(page);
  assert.equal(await frame.evaluate(() => window.api.SetValue('cmi.location', 'back')), 'true');
});

await story('a second window takes over and the first says so', {}, async (page, context) => {
  await open(page, 1);
  const frame = await inner(page);
  const second = await context.newPage();
  await open(second, 1);
  await frame.evaluate(() => {
    window.api.SetValue('cmi.location', 'too late');
    window.api.Commit('');
  });
  await page.waitForSelector('#player-state[data-state="readonly"]');
  assert.notEqual(standIn.values['cmi.location'], 'too late');
  await picture(page, 'readonly');
});

await story('what could not be sent is kept on the device and sent at the next launch', {}, async (page) => {
  await open(page, 1);
  const frame = await inner(page);
  standIn.down = true;
  await frame.evaluate(() => {
    window.api.SetValue('cmi.location', 'kept');
    window.api.Commit('');
  });
  await page.waitForSelector('#player-state[data-state="offline"]');
  await picture(page, 'offline');
  await page.goto(`${standIn.content}/c/elsewhere`);
  standIn.down = false;
  await open(page, 1);
  const again = await inner(page);
  assert.equal(await again.textContent('#entry'), 'kept');
  assert.equal(standIn.values['cmi.location'], 'kept');
});

await story('what is on the device is adopted when the page has forgotten its launch', {}, async (page) => {
  await open(page, 1);
  const frame = await inner(page);
  standIn.down = true;
  await frame.evaluate(() => {
    window.api.SetValue('cmi.location', 'adopted');
    window.api.SetValue('cmi.session_time', 'PT7M');
    window.api.SetValue('cmi.exit', 'normal');
    window.api.Terminate('');
  });
  await page.waitForSelector('#player-state[data-state="offline"]');
  await page.goto(`${standIn.application}/elsewhere`);
  await page.evaluate(() => localStorage.clear());
  standIn.down = false;
  const before = standIn.commits.length;
  await open(page, 1);
  const again = await inner(page);
  assert.equal(await again.textContent('#entry'), 'adopted');
  const [first, ...more] = standIn.commits.slice(before);
  assert.deepEqual([first.session_time, first.terminate, first.exit, more.length], ['PT7M', true, 'normal', 0]);
});

await story('the last word of a page that goes while the server is away is kept too', {}, async (page) => {
  await open(page, 1);
  const frame = await inner(page);
  standIn.down = true;
  await frame.evaluate(() => {
    window.mark = 'away';
    window.api.SetValue('cmi.location', 'said at the end');
  });
  await page.goto(`${standIn.content}/c/elsewhere`);
  standIn.down = false;
  await open(page, 1);
  const again = await inner(page);
  assert.equal(await again.textContent('#entry'), 'said at the end');
  assert.equal(standIn.values['cmi.suspend_data'], 'unload-away');
});

await story('a server that does not answer gives plain words and a way on', {}, async (page) => {
  await open(page, 1);
  await inner(page);
  standIn.down = true;
  await page.click('#player-next');
  await page.waitForSelector('#player[data-phase="error"]');
  await picture(page, 'error');
  await accessible(page);
  standIn.down = false;
  await page.click('.player-panel .player-button-main');
  await page.waitForURL('**/player/r/2?**');
});

await story('the content asks to go on', {}, async (page) => {
  await open(page, 1);
  const frame = await inner(page);
  await frame.evaluate(() => {
    window.api.SetValue('adl.nav.request', '{target=ITEM-2}choice');
    window.api.Terminate('');
  });
  await page.waitForURL('**/player/r/2?**');
  assert.equal(standIn.commits.at(-1).nav_request, 'choice:ITEM-2');
});

await story('a step that is not open leaves the learner where they are', {}, async (page) => {
  await open(page, 1);
  await inner(page);
  await page.click('#player-outline a[data-index="8"]');
  await page.waitForSelector('.player-notice');
  await inner(page);
  assert.match(page.url(), /player\/r\/1$/);
});

await story(
  'a phone has the outline in a drawer that holds the focus',
  { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true },
  async (page) => {
    await open(page, 1);
    await inner(page);
    await picture(page, 'phone');
    assert.equal(await page.getAttribute('#player-outline-toggle', 'aria-expanded'), 'false');
    await page.click('#player-outline-toggle');
    await page.waitForSelector('#player-drawer[open]');
    await accessible(page);
    await picture(page, 'phone-drawer');
    for (let tab = 0; tab < 14; tab += 1) {
      await page.keyboard.press('Tab');
      assert.equal(
        await page.evaluate(
          () =>
            document.activeElement === document.body || document.getElementById('player-drawer').contains(document.activeElement),
        ),
        true,
      );
    }
    await page.keyboard.press('Escape');
    await page.waitForSelector('#player-outline-toggle[aria-expanded="false"]');
    assert.equal(await page.evaluate((width) => document.documentElement.scrollWidth <= width, page.viewportSize().width), true);
    await page.click('#player-outline-toggle');
    await page.click('#player-drawer a[data-index="2"]');
    await page.waitForURL('**/player/r/2?**');
  },
);

await story('an outline entry the server says is closed is not asked for', {}, async (page) => {
  await open(page, 2);
  const frame = await inner(page);
  assert.equal(await page.getAttribute('#player-outline a[data-index="8"]', 'aria-disabled'), 'true');
  await page.click('#player-outline a[data-index="8"]', { force: true });
  await page.waitForSelector('.player-notice');
  assert.equal(await frame.evaluate(() => window.api.GetValue('cmi.mode')), 'normal');
  await accessible(page);
  await picture(page, 'closed-entry');
});

await story('a desk can fold the outline away, and remembers', { colorScheme: 'dark' }, async (page) => {
  await open(page, 1);
  await inner(page);
  await picture(page, 'desk-dark');
  await page.click('#player-outline-toggle');
  assert.equal(await page.isVisible('#player-outline'), false);
  await page.reload();
  await page.waitForSelector('#player[data-phase="running"]');
  assert.equal(await page.isVisible('#player-outline'), false);
  await page.click('#player-focus');
  await page.waitForSelector('#player[data-focus="on"]');
  await picture(page, 'focus');
  assert.equal(await page.isVisible('#player-back'), false);
  await page.click('#player-focus');
  assert.equal(await page.isVisible('#player-back'), true);
});

await story('the way back saves first', {}, async (page) => {
  await open(page, 1);
  const frame = await inner(page);
  await frame.evaluate(() => {
    window.mark = 'back-link';
  });
  await page.click('#player-back');
  await page.waitForURL('**/courses/c');
  assert.equal(standIn.values['cmi.suspend_data'], 'unload-back-link');
});

await story('a unit of its own window is opened by a link', {}, async (page, context) => {
  await open(page, 7);
  await picture(page, 'own-window');
  await accessible(page);
  const [opened] = await Promise.all([context.waitForEvent('page'), page.click('.player-panel a')]);
  assert.match(opened.url(), /\/c\/course$|about:blank/);
});

await story('a unit that leaves by itself makes room for what is next', {}, async (page) => {
  await open(page, 9);
  const frame = await inner(page, 'unit');
  await frame.evaluate(() => location.assign('/frame/left'));
  await page.waitForSelector('#player[data-phase="ended"] .player-panel');
  assert.equal(await page.isVisible('#player-back'), true);
  assert.deepEqual(
    page.frames().map((one) => new URL(one.url()).pathname),
    ['/player/r/9', '/frame/'],
  );
  await accessible(page);
  await picture(page, 'left');
  await page.click('.player-panel-actions > :last-child');
  await page.waitForURL('**/courses/c');
});

await story('a recording resumes, plays by keyboard, and tells what was played', {}, async (page) => {
  await open(page, 5);
  await page.waitForFunction(() => Math.abs(document.querySelector('audio').currentTime - 4) < 0.1);
  await page.waitForSelector('.player-seek[aria-valuetext="0:04 sur 0:12"]');
  await picture(page, 'audio');
  await accessible(page);
  const begin = standIn.media.length;
  await page.keyboard.press('k');
  await page.waitForFunction(() => document.querySelector('audio').currentTime > 5);
  await page.keyboard.press(' ');
  await until('paused', () => standIn.media.at(-1).event === 'paused');
  const [[from, to]] = standIn.media.at(-1).played;
  assert.ok(Math.abs(from - 4) < 0.1 && to > 5 && to < 7, `${from} ${to}`);
  assert.deepEqual(
    standIn.media
      .slice(begin)
      .map(({ event }) => event)
      .filter((event) => event === 'played' || event === 'paused'),
    ['played', 'paused'],
  );
  await page.keyboard.press('l');
  await page.waitForFunction(() => document.querySelector('audio').currentTime === 12);
  await page.keyboard.press('Home');
  await page.selectOption('.player-speed', '2');
  await page.keyboard.press('m');
  assert.equal(await page.evaluate(() => document.querySelector('audio').muted), true);
  await page.keyboard.press('k');
  await until('completed', () => standIn.media.some(({ event }) => event === 'completed'));
  await page.waitForSelector('.player-notice');
  await page.waitForFunction(() => document.querySelector('.player-item[data-index="5"]').dataset.status === 'done');
  await page.goto(`${standIn.application}/elsewhere`);
  await until('terminated', () => standIn.media.at(-1).event === 'terminated');
});

if (existsSync(film)) {
  for (const [name, options] of [
    ['video', {}],
    ['video-phone', { viewport: { width: 320, height: 740 }, hasTouch: true, isMobile: true }],
  ]) {
    await story(`a film has its controls at ${options.viewport?.width ?? 1280} pixels`, options, async (page) => {
      await open(page, 6);
      await page.click('video');
      await page.waitForFunction(() => document.querySelector('video').currentTime > 0.5);
      await picture(page, name);
      await page.keyboard.press('k');
      await accessible(page);
      assert.equal(
        await page.evaluate((width) => document.documentElement.scrollWidth <= width, page.viewportSize().width),
        true,
      );
      const small = await page.$$eval(
        '.player-tool',
        (tools) => tools.filter((tool) => tool.getBoundingClientRect().width < 40).length,
      );
      assert.equal(small, 0);
    });
  }
}

await browser.close();
standIn.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
