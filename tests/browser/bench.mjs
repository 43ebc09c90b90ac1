// What `bench` measures in a browser: the first page of containers, and the time from the engine's event
// to the changed row. Prints one line of JSON.

import { request as ask } from 'node:http';

import { chromium } from '@playwright/test';

const url = process.env.BENCH_URL;
const [cookieName, cookieValue] = process.env.BENCH_COOKIE.split('=');
const rounds = Number(process.env.BENCH_ROUNDS ?? 10);
const socketPath = process.env.LONGSHORE_TEST_ENGINE.slice('unix://'.length);
const LIST = '/environments/local/containers';

const now = () => performance.timeOrigin + performance.now();

/** Asks the engine itself. */
function engine(method, path) {
  return new Promise((resolve, reject) => {
    ask({ socketPath, method, path }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (part) => (text += part));
      reply.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}

/** Notes when each event of the container arrives. */
function listen(id, note) {
  return new Promise((resolve, reject) => {
    const request = ask({ socketPath, path: '/events' }, (reply) => {
      let held = '';
      reply.setEncoding('utf8').on('data', (part) => {
        const at = now();
        held += part;
        for (let end; (end = held.indexOf('\n')) >= 0; held = held.slice(end + 1)) {
          const event = JSON.parse(held.slice(0, end));
          if (event.Actor.ID === id) note(event.Action, at);
        }
      });
      resolve(() => request.destroy());
    });
    request.on('error', reject);
    request.end();
    // The engine sends its head with the first event; the connection stands before.
    request.on('socket', () => setTimeout(() => resolve(() => request.destroy()), 300));
  });
}

const browser = await chromium.launch({
  executablePath: process.env.LONGSHORE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

async function newPage() {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', viewport: { width: 1440, height: 900 } });
  await context.addCookies([{ name: cookieName, value: cookieValue, url, secure: true, httpOnly: true, sameSite: 'Strict' }]);
  return { context, page: await context.newPage() };
}

/** One load of the list in a browser that has nothing kept. */
async function load() {
  const { context, page } = await newPage();
  const network = await context.newCDPSession(page);
  await network.send('Network.enable');
  let [bytes, requests] = [0, 0];
  const counted = new Set();
  network.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!request.url.startsWith('data:')) counted.add(requestId);
  });
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!counted.has(requestId)) return;
    bytes += encodedDataLength;
    requests += 1;
  });
  await page.addInitScript(() => {
    const look = () => {
      const link = [...document.querySelectorAll('table a')].find((found) => /^bench-\d/.test(found.textContent?.trim() ?? ''));
      if (link && link.getBoundingClientRect().height > 0) {
        requestAnimationFrame(() => (window.shown = performance.now()));
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  });
  await page.goto(url + LIST);
  const shown = await page.waitForFunction(() => window.shown);
  const ms = await shown.jsonValue();
  await page.waitForTimeout(1000);
  await context.close();
  return { ms, bytes, requests };
}

const loads = [];
for (let round = 0; round < Math.min(rounds, 10) + 1; round++) loads.push(await load());
// The first one warms the system up.
loads.shift();

const name = 'bench-0999';
const { Id: id } = JSON.parse(await engine('GET', `/containers/${name}/json`));
const { page } = await newPage();
await page.goto(`${url}${LIST}?q=${name}`);
await page.getByRole('searchbox').first().fill(name);
await page.getByRole('link', { name, exact: true }).waitFor();
await page.evaluate((wanted) => {
  window.changes = [];
  let last = '';
  const look = () => {
    const row = [...document.querySelectorAll('tr')].find((found) => found.textContent?.includes(wanted));
    const text = /Running|Exited|Created|Finished/.exec(row?.textContent ?? '')?.[0] ?? '';
    if (text !== last) window.changes.push([(last = text), performance.timeOrigin + performance.now()]);
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}, name);

const happened = [];
const stop = await listen(id, (action, at) => happened.push([action, at]));
const rowMs = [];
for (let round = 0; round < rounds; round++) {
  for (const [verb, action, text] of [['start', 'start', /Running/], ['kill', 'die', /Exited/]]) {
    const [seen, told] = [await page.evaluate(() => window.changes.length), happened.length];
    await engine('POST', `/containers/${id}/${verb}`);
    let at;
    for (let attempt = 0; at === undefined && attempt < 500; attempt++) {
      const changes = await page.evaluate((from) => window.changes.slice(from), seen);
      at = changes.find(([shown]) => text.test(shown))?.[1];
      if (at === undefined) await page.waitForTimeout(10);
    }
    const event = happened.slice(told).find(([found]) => found === action)?.[1];
    if (at === undefined || event === undefined) throw new Error(`${verb}: row ${at}, event ${event}`);
    rowMs.push(Math.max(0, at - event));
  }
}
stop();
await browser.close();
const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
console.log(
  JSON.stringify({
    shown_ms: loads.map(({ ms }) => ms),
    bytes: middle(loads.map(({ bytes }) => bytes)),
    requests: middle(loads.map(({ requests }) => requests)),
    row_ms: rowMs,
  }),
);
process.exit(0);
