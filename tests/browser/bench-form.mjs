// What `bench` measures of the form that makes a container: until it can be typed in, and what a key press
// costs when it holds a hundred ports, a hundred variables and fifty mounts. Prints one line of JSON.

import { chromium } from '@playwright/test';

const url = process.env.BENCH_URL;
const [cookieName, cookieValue] = process.env.BENCH_COOKIE.split('=');
const rounds = Number(process.env.BENCH_ROUNDS ?? 10);
const FORM = '/environments/local/run';

const many = (count, option) => Array.from({ length: count }, (_, index) => option(index));
const LINE = [
  'docker run -d --name bench-form',
  ...many(100, (index) => `-p ${20000 + index * 2}:${1000 + index}`),
  ...many(100, (index) => `-e VARIABLE_${index}=value-${index}`),
  ...many(50, (index) => `-v bench-volume-${index}:/data/${index}`),
  'busybox sleep 60',
].join(' ');

const browser = await chromium.launch({
  executablePath: process.env.LONGSHORE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', viewport: { width: 1440, height: 900 } });
await context.addCookies([{ name: cookieName, value: cookieValue, url, secure: true, httpOnly: true, sameSite: 'Strict' }]);
const page = await context.newPage();

// From the press on "Run" until the form's first field is drawn.
await page.goto(`${url}/environments/local/containers`);
const openMs = [];
for (let round = 0; round < Math.min(rounds, 10) + 1; round++) {
  const run = page.getByRole('button', { name: 'Run', exact: true });
  await run.waitFor();
  await page.evaluate(() => {
    addEventListener(
      'click',
      (event) => {
        const look = () => {
          const image = document.getElementById('run-image');
          if (image && image.getBoundingClientRect().height > 0) {
            requestAnimationFrame(() => (window.opened = performance.now() - event.timeStamp));
          } else requestAnimationFrame(look);
        };
        look();
      },
      { once: true, capture: true },
    );
    window.opened = undefined;
  });
  await run.click();
  openMs.push(await (await page.waitForFunction(() => window.opened)).jsonValue());
  await page.goBack();
}
// The first one loads the form's code.
openMs.shift();

await page.goto(url + FORM);
await page.getByRole('textbox', { name: 'Paste a docker run command' }).fill(LINE);
await page.getByRole('button', { name: 'Fill the form' }).click();
const port = page.getByLabel('--publish, 50', { exact: true });
await port.waitFor();
await port.focus();
await page.keyboard.press('End');
await page.evaluate(() => {
  window.pressed = [];
  let start;
  addEventListener('keydown', (event) => (start = event.timeStamp), { capture: true });
  // The command is written anew when everything was read and checked; the frame after it shows it.
  new MutationObserver(() => {
    const from = start;
    start = undefined;
    if (from !== undefined) requestAnimationFrame(() => setTimeout(() => window.pressed.push(performance.now() - from)));
  }).observe(document.querySelector('.form-command .command'), { subtree: true, childList: true, characterData: true });
});
for (let round = 0; round < rounds * 4; round++) {
  await page.keyboard.press(round % 2 === 0 ? '1' : 'Backspace');
  await page.waitForFunction((count) => window.pressed.length > count, round);
}
const keyMs = await page.evaluate(() => window.pressed);
await browser.close();
console.log(JSON.stringify({ open_ms: openMs, key_ms: keyMs }));
process.exit(0);
