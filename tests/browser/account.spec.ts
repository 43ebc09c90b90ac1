// One's own account: the password, the sessions, a second factor from enrolling to the recovery code, and
// being asked again before what is dangerous.

import type { Page } from '@playwright/test';

import { code } from './authenticator';
import { expect, expectAccessible, test } from './fixtures';
import { PASSWORD, type Longshore } from './longshore';

let made = 0;

/** A viewer of their own for each test. */
async function person(longshore: Longshore, page: Page): Promise<string> {
  const name = `account-${Date.now()}-${made++}`;
  const admin = await page.context().browser()!.newContext({ ignoreHTTPSErrors: true });
  await longshore.signIn(admin.request, 'admin');
  const grants = [{ role: { builtin: 'viewer' }, at: 'everything' }];
  await longshore.call(admin.request, 'POST', '/users', { name, grants, password: PASSWORD });
  await admin.close();
  return name;
}

async function signIn(page: Page, longshore: Longshore, name: string, password = PASSWORD) {
  await page.goto(`${longshore.url}/sign-in`);
  await page.getByLabel('User name').fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('the password is changed, and other sessions end', async ({ page, longshore, browser }) => {
  const name = await person(longshore, page);
  const other = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await signIn(other, longshore, name);
  await expect(other.getByRole('button', { name: `${name}, account menu` })).toBeVisible();
  await signIn(page, longshore, name);
  await page.getByRole('button', { name: `${name}, account menu` }).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible();
  const sessions = page.getByRole('region', { name: 'Sessions' });
  await expect(sessions.getByRole('listitem')).toHaveCount(2);
  await expect(sessions.getByText('This one')).toHaveCount(1);

  const form = page.getByRole('region', { name: 'Password' });
  const [current, next] = [form.getByLabel('Present password'), form.getByLabel('New password')];
  await form.getByRole('button', { name: 'Change the password' }).click();
  await expect(form.getByText('Enter your present password.')).toBeVisible();
  await current.fill('not my password at all');
  await next.fill('another long pass phrase');
  await form.getByRole('button', { name: 'Change the password' }).click();
  await expect(form.getByText('This is not your present password.')).toBeVisible();
  await current.fill(PASSWORD);
  await form.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByText('Your password was changed')).toBeVisible();
  await expect(other.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await other.context().close();
});

test('another session is ended, and its page learns it', async ({ page, longshore, browser }) => {
  const name = await person(longshore, page);
  const other = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await signIn(other, longshore, name);
  await expect(other.getByRole('button', { name: `${name}, account menu` })).toBeVisible();
  await signIn(page, longshore, name);
  await expect(page.getByRole('button', { name: `${name}, account menu` })).toBeVisible();
  await page.goto(`${longshore.url}/account`);
  const sessions = page.getByRole('region', { name: 'Sessions' });
  await sessions.getByRole('button', { name: /^End the session in .* from/ }).click();
  await expect(sessions.getByRole('listitem')).toHaveCount(1);
  await expect(other.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await other.context().close();
});

test('a second factor is set up, asked for, and replaced by a recovery code once', async ({ page, longshore }) => {
  test.slow();
  const name = await person(longshore, page);
  await signIn(page, longshore, name);
  const menu = page.getByRole('button', { name: `${name}, account menu` });
  await expect(menu).toBeVisible();
  await page.goto(`${longshore.url}/account`);
  const factor = page.getByRole('region', { name: 'Second factor' });
  await factor.getByRole('button', { name: 'Set up' }).click();
  await expect(factor.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible();
  await expectAccessible(page, 'setting up a second factor');
  const secret = (await factor.locator('code').first().innerText()).replaceAll(' ', '');
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  await factor.getByLabel('Code from the app').fill('000000');
  await factor.getByRole('button', { name: 'Switch it on' }).click();
  await expect(factor.getByText('This is not the code')).toBeVisible();
  await factor.getByLabel('Code from the app').fill(await code(secret, -1));
  await factor.getByRole('button', { name: 'Switch it on' }).click();
  const codes = factor.getByRole('list', { name: 'Your recovery codes' }).getByRole('listitem');
  await expect(codes).toHaveCount(10);
  const recovery = await codes.first().innerText();
  await factor.getByRole('button', { name: 'I have kept them' }).click();
  await expect(factor.getByText('On since')).toBeVisible();

  const signOut = async () => {
    await menu.click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  };
  await signOut();
  await signIn(page, longshore, name);
  await expect(page.getByRole('heading', { name: 'Enter your code' })).toBeVisible();
  await expectAccessible(page, 'the second step');
  await page.getByRole('textbox', { name: 'Code' }).fill('000000');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('The code is wrong, or was used already')).toBeVisible();
  await page.getByRole('textbox', { name: 'Code' }).fill(await code(secret, 0));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(menu).toBeVisible();

  await signOut();
  await signIn(page, longshore, name);
  await page.getByRole('textbox', { name: 'Code' }).fill(recovery.toLowerCase());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(menu).toBeVisible();
  await signOut();
  await signIn(page, longshore, name);
  await page.getByRole('textbox', { name: 'Code' }).fill(recovery);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('The code is wrong, or was used already')).toBeVisible();
  await page.getByRole('textbox', { name: 'Code' }).fill(await code(secret, 1));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(menu).toBeVisible();
});

test('a dangerous change asks who it is, and goes on by itself', async ({ page, context, longshore }) => {
  const name = await person(longshore, page);
  await longshore.signIn(context.request, 'admin');
  await page.goto(`${longshore.url}/users`);
  const ends = page.getByRole('button', { name: /^Confirmed:/ });
  await ends.click();
  await expect(ends).toBeHidden();
  const row = page.getByRole('row', { name: new RegExp(name) });
  const disable = async () => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('button', { name: 'Disable' }).click();
  };
  const question = page.getByRole('dialog', { name: 'Is it you?' });
  await disable();
  await expectAccessible(page, 'asked again');
  await question.getByRole('button', { name: 'Do not do it' }).click();
  await expect(question).toBeHidden();
  await expect(row.getByText('Disabled')).toBeHidden();

  await disable();
  await question.getByLabel('Your password').fill('not my password at all');
  await question.getByRole('button', { name: 'Confirm and go on' }).click();
  await expect(question.getByText('This is not your password.')).toBeVisible();
  await question.getByLabel('Your password').fill(PASSWORD);
  await question.getByRole('button', { name: 'Confirm and go on' }).click();
  await expect(question).toBeHidden();
  await expect(row.getByText('Disabled')).toBeVisible();
  await expect(ends).toBeVisible();
});

test('in French, in the dark, on a phone, nothing is wider than the page', async ({ page, context, longshore }) => {
  await longshore.signIn(context.request, 'admin');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${longshore.url}/account`);
  await expect(page.getByRole('region', { name: 'Sessions' }).getByRole('listitem').first()).toBeVisible();
  const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(width).toBeLessThanOrEqual(room);
});
