// API tokens from the form to the script that uses one, preferences in another browser, and the policy.

import type { Page } from '@playwright/test';

import { expect, expectAccessible, test } from './fixtures';
import { PASSWORD, type Longshore } from './longshore';

let made = 0;

/** A viewer of their own for each test, signed in. */
async function person(longshore: Longshore, page: Page): Promise<string> {
  const name = `tokens-${Date.now()}-${made++}`;
  const admin = await page.context().browser()!.newContext({ ignoreHTTPSErrors: true });
  await longshore.signIn(admin.request, 'admin');
  const grants = [{ role: { builtin: 'viewer' }, at: 'everything' }];
  await longshore.call(admin.request, 'POST', '/users', { name, grants, password: PASSWORD });
  await admin.close();
  await longshore.signIn(page.context().request, name);
  return name;
}

test('a token is made, shown once, used by a script, and revoked', async ({ page, longshore, playwright }) => {
  await person(longshore, page);
  await page.goto(`${longshore.url}/account`);
  const section = page.getByRole('region', { name: 'API tokens' });
  await expect(section.getByText('There is no token.')).toBeVisible();
  await section.getByRole('button', { name: 'New token' }).click();
  await section.getByRole('button', { name: 'Make the token' }).click();
  await expect(section.getByText('Use 1 to 64 characters.')).toBeVisible();
  // Nobody makes a token for what they do not hold themselves.
  await expect(section.getByRole('checkbox', { name: 'See containers' })).toBeChecked();
  await expect(section.getByRole('checkbox', { name: 'Open terminals' })).toHaveCount(0);
  await section.getByLabel('Name of the token').fill('backup');
  await section.getByLabel('Ends').selectOption('in 7 days');
  await expectAccessible(page, 'the form of a token');
  await section.getByRole('button', { name: 'Make the token' }).click();
  await expect(section.getByText('The token backup was made')).toBeVisible();
  const text = await section.locator('code').first().innerText();
  expect(text).toMatch(/^lsh_[0-9A-Za-z]{49}$/);

  const script = await playwright.request.newContext({
    ignoreHTTPSErrors: true,
    extraHTTPHeaders: { authorization: `Bearer ${text}` },
  });
  const list = `${longshore.url}/api/v1/environments/local/containers`;
  expect((await script.get(list)).status()).toBe(200);
  expect((await script.get(`${longshore.url}/api/v1/account/tokens`)).status()).toBe(403);

  await page.reload();
  await expect(section.getByText('backup', { exact: true })).toBeVisible();
  await expect(section.getByText('last used')).toBeVisible();
  await expect(page.locator('body')).not.toContainText(text);
  await section.getByRole('button', { name: 'Revoke backup' }).click();
  await expect(section.getByText('There is no token.')).toBeVisible();
  expect((await script.get(list)).status()).toBe(401);
  await script.dispose();
});

test('preferences are there in another browser, and follow into an open one', async ({ page, longshore, browser }) => {
  const name = await person(longshore, page);
  const other = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await longshore.signIn(other.context().request, name);
  await other.goto(`${longshore.url}/account`);
  await expect(other.getByRole('heading', { name: 'Your account' })).toBeVisible();

  await page.goto(`${longshore.url}/account`);
  const section = page.getByRole('region', { name: 'Preferences' });
  await section.getByText('Dark', { exact: true }).click();
  await section.getByText('UTC', { exact: true }).click();
  await section.getByText('Français').click();
  await expect(page.getByRole('heading', { name: 'Votre compte' })).toBeVisible();
  // The open page of the other browser hears of it.
  await expect(other.getByRole('heading', { name: 'Votre compte' })).toBeVisible();
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark');

  const third = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await third.goto(`${longshore.url}/sign-in`);
  await expect(third.locator('html')).not.toHaveAttribute('data-theme', 'dark');
  await longshore.signIn(third.context().request, name);
  await third.goto(`${longshore.url}/account`);
  await expect(third.getByRole('heading', { name: 'Votre compte' })).toBeVisible();
  await expect(third.locator('html')).toHaveAttribute('data-theme', 'dark');
  const zone = third.getByRole('region', { name: 'Préférences' });
  await expect(zone.getByRole('radio', { name: 'UTC' })).toBeChecked();
});

test('an administrator changes the policy within its bounds', async ({ page, context, longshore }) => {
  await longshore.signIn(context.request, 'admin');
  await page.goto(longshore.url);
  await page.getByRole('link', { name: 'Policy' }).click();
  const idle = page.getByLabel('Minutes without use');
  await expect(idle).toHaveValue('720');
  await idle.fill('4');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('From 5 to 43,200').first()).toBeVisible();
  await expect(idle).toHaveAttribute('aria-invalid', 'true');
  await idle.fill('60');
  await page.getByLabel('Proxies', { exact: true }).fill('10.0.0.0/8');
  await page.getByRole('button', { name: 'Try these proxies' }).click();
  await expect(page.getByText('With these proxies you would be seen as coming from 127.0.0.1.')).toBeVisible();
  await page.getByLabel('Proxies', { exact: true }).fill('0.0.0.0/0');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('none wider than /8')).toBeVisible();
  await page.getByLabel('Proxies', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The policy was changed')).toBeVisible();
  await page.reload();
  await expect(idle).toHaveValue('60');
  await idle.fill('720');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The policy was changed')).toBeVisible();
});
