// axe finds nothing serious on any page, light and dark; the keyboard alone is enough.

import { containerUrl, expect, expectAccessible, test } from './fixtures';
import { Longshore } from './longshore';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('no page has a serious fault', async ({ page, context, longshore, dock }) => {
      test.slow();
      await page.goto(longshore.url);
      await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
      await expectAccessible(page, 'sign-in');

      await longshore.signIn(context.request, 'admin');
      const container = dock.chatty('axe');
      dock.run('axe-failed', 'busybox', 'sh', '-c', 'exit 3');
      const pages: [string, string, RegExp][] = [
        ['overview', `${longshore.url}/environments/local`, /Connected/],
        ['containers', `${longshore.url}/environments/local/containers`, new RegExp(container.name)],
        ['container', containerUrl(longshore, container), /Process/],
        ['logs', containerUrl(longshore, container, 'logs'), /line number/],
        ['terminal', containerUrl(longshore, container, 'terminal'), new RegExp(container.name)],
        ['inspect', containerUrl(longshore, container, 'inspect'), /HostConfig/],
        ['run', `${longshore.url}/environments/local/run`, /Paste a docker run command/],
        ['jobs', `${longshore.url}/environments/local/jobs`, /Jobs/],
        ['run, from another', `${longshore.url}/environments/local/run?from=${container.name}`, /Filled from/],
        ['commands', `${longshore.url}/commands`, /Commands of this session/],
        ['users', `${longshore.url}/users`, /admin/],
        ['account', `${longshore.url}/account`, /Second factor/],
        ['policy', `${longshore.url}/policy`, /Trusted proxies/],
        ['audit', `${longshore.url}/audit`, /Sign in/],
        ['unknown page', `${longshore.url}/no/such/page`, /no such page/],
      ];
      for (const [name, url, text] of pages) {
        await page.goto(url);
        await expect(page.locator('body')).toContainText(text);
        await expectAccessible(page, name);
      }
      await page.goto(`${longshore.url}/environments/local/run`);
      await page
        .getByRole('textbox', { name: 'Paste a docker run command' })
        .fill(`docker run -p x -p 80:80 -v /etc:/etc --privileged --nope --name ${container.name} -m 1 busybox`);
      await page.getByRole('button', { name: 'Fill the form' }).click();
      await expect(page.getByText('Docker has no such option')).toBeVisible();
      await expectAccessible(page, 'run, filled with what is wrong');
      await page.goto(`${longshore.url}/environments/local/containers`);
      await expect(page.locator('body')).toContainText(container.name);
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page, 'palette');
    });
  });
}

test('the set-up page has no serious fault', async ({ page }) => {
  const fresh = await Longshore.start();
  try {
    await page.goto(fresh.url);
    await expect(page.getByRole('button', { name: 'Create the administrator' })).toBeVisible();
    await expectAccessible(page, 'set-up');
  } finally {
    await fresh.stop();
  }
});

test('the palette goes to any page and any container by keys alone', async ({ signedIn: page, dock }) => {
  const container = dock.idle('palette');
  await page.keyboard.press('Control+k');
  // At once: the palette's code is on its way, and nothing that is typed may be lost.
  await page.keyboard.type(container.name);
  const input = page.getByRole('combobox', { name: 'Search or run a command' });
  await expect(input).toBeFocused();
  await expect(input).toHaveValue(container.name);
  await expect(page.getByRole('option', { name: new RegExp(container.name) }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/containers/${container.name}$`));
  await page.keyboard.press('Control+k');
  await page.keyboard.type('audit');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/audit$/);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the list can be walked by keys, and the focus is always seen', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.idle('keys');
  await page.goto(`${longshore.url}/environments/local/containers`);
  await expect(page.getByRole('link', { name: container.name, exact: true })).toBeVisible();
  const names: string[] = [];
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      // A field's frame may be drawn by what stands around it.
      const drawn = [element, element.parentElement, element.parentElement?.parentElement].some((around) => {
        const style = around && getComputedStyle(around);
        return style && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
      });
      return { name: element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '', drawn, tag: element.tagName };
    });
    if (!focused) break;
    names.push(focused.name);
    expect(focused.drawn, `the focus on ${focused.tag} "${focused.name}" is seen`).toBe(true);
    if (focused.name === container.name) break;
  }
  expect(names).toContain(container.name);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/containers/${container.name}$`));
});
